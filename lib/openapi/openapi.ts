import type { Collection } from '../collections/define.ts'
import type { Access } from '../contract/access.ts'
import { accessOf } from '../contract/access-of.ts'
import { type Operation, pathsOf } from '../contract/operations.ts'
import { allCollections } from '../items/registry.ts'
import { NAME } from '../name.ts'
import type { AnyOperation } from '../operation.ts'
import { OPERATIONS } from '../operations.ts'
import { bodyOf, collectionSchemas } from './bodies.ts'
import { includeOf, parametersOf } from './parameters.ts'
import { HEADERS, problemResponses, problemsOf, responsesOf } from './responses.ts'
import { bounded, SCHEMAS, type Schema } from './schemas.ts'

interface OpenApi {
  openapi: string
  paths: Record<string, Record<string, Schema>>
  [member: string]: unknown
}

/**
 * The OpenAPI 3.1 document of the whole API, from the operation table, the collections and the schemas
 * that check what comes in. Where the API is (`servers`) is added when the document is served.
 *
 * @see https://spec.openapis.org/oas/v3.1.1
 */
export function openapi(): OpenApi {
  const paths: OpenApi['paths'] = {}
  for (const operation of Object.values(OPERATIONS)) {
    for (const [index, path] of pathsOf(operation.id).entries()) {
      for (const { shown, collection } of placesOf(path)) {
        const method = operation.row.method.toLowerCase()
        paths[shown] = { ...paths[shown], [method]: operationOf(operation, collection, index > 0) }
      }
    }
  }
  const schemas = { ...SCHEMAS }
  for (const collection of allCollections()) Object.assign(schemas, collectionSchemas(collection))
  return bounded({
    openapi: '3.1.1',
    info: {
      title: NAME,
      version: '1.0.0',
      description:
        'Sign in, send the access token as `Authorization: Bearer`, read collections. Send one credential with a request, never two: the scheme that stands first is the one to prefer. Every failure is a problem document (RFC 9457); every limited answer says what is left of the quota.',
      license: { name: 'MIT', identifier: 'MIT' },
      contact: { name: 'The operator of this API', url: 'https://usher.invalid' },
    },
    security: [{ bearer: [] }],
    tags: tags(),
    paths,
    components: {
      schemas,
      responses: problemResponses(),
      headers: HEADERS,
      securitySchemes: SECURITY_SCHEMES,
    },
  })
}

const SECURITY_SCHEMES: Record<string, Schema> = {
  bearer: {
    type: 'http',
    scheme: 'bearer',
    bearerFormat: 'JWT',
    description:
      'The one to prefer: the access token of `signin` or `refresh` (RFC6750, RFC8725). With it no other.',
  },
  apiKey: {
    type: 'apiKey',
    in: 'header',
    name: 'X-API-Key',
    description:
      'In the place of `bearer`, for programs: a key of `POST /api/keys`, for the collections in its scopes.',
  },
  cookies: {
    type: 'apiKey',
    in: 'cookie',
    name: '__Host-usher-access',
    description:
      'In the place of `bearer`, for pages of this origin: set by `login`, and sent by the browser itself.',
  },
  metricsToken: {
    type: 'http',
    scheme: 'bearer',
    description: 'The setting `METRICS_TOKEN` of the deployment, for its metrics alone.',
  },
}

/** A path of the contract as the document names it: once for each collection. */
function placesOf(path: string): { shown: string; collection: Collection | undefined }[] {
  const named = /\{collection(?:=(\w+))?\}/.exec(path)
  if (named === null) return [{ shown: path, collection: undefined }]
  return allCollections()
    .filter(({ name }) => named[1] === undefined || named[1] === name)
    .map((collection) => ({ shown: path.replace(named[0], collection.name), collection }))
}

function tags(): Schema[] {
  return [
    { name: 'auth', description: 'Accounts, tokens and sessions.' },
    { name: 'keys', description: 'API keys.' },
    { name: 'admin', description: 'For operators.' },
    { name: 'service', description: 'About the service itself.' },
    ...allCollections().map(({ name }) => ({ name, description: `The collection of ${name}.` })),
  ]
}

function tagOf({ path, access }: Operation, collection: Collection | undefined): string {
  if (collection !== undefined) return collection.name
  if (path.startsWith('/api/keys')) return 'keys'
  if (access === 'admin') return 'admin'
  return /^\/api\/(auth|profile)/.test(path) ? 'auth' : 'service'
}

function operationOf(
  operation: AnyOperation,
  collection: Collection | undefined,
  older: boolean,
): Schema {
  const { id, row, summary } = operation
  const access = accessOf(row, collection)
  const operationId = `${id}${collection === undefined ? '' : `_${collection.name}`}${older ? '_v1' : ''}`
  const body = bodyOf(operation, collection)
  const parameters = parametersOf(operation, collection)
  return {
    operationId,
    summary,
    description: `${summary}. ${whoMay(access, row, collection)}`,
    tags: [tagOf(row, collection)],
    ...(older ? { deprecated: true } : {}),
    security: securityOf(access, row, collection),
    ...(parameters.length === 0 ? {} : { parameters }),
    ...(body === undefined ? {} : { requestBody: body }),
    responses: responsesOf(operation, collection, access),
    // Responses are told apart by their status alone; several problems have the same.
    'x-problems': problemsOf(operation, access),
  }
}

function whoMay(access: Access, row: Operation, collection: Collection | undefined): string {
  if (row.action === 'batch') {
    return access === 'public'
      ? 'For anyone; each act for those who may do it alone.'
      : `For the level ${access} and above; each act for those who may do it alone.`
  }
  const action = row.action === 'replace' ? 'update' : row.action
  const owned = action !== undefined && collection?.access[action] === 'owner'
  const door = access === 'public' ? 'For anyone' : `For the level ${access} and above`
  return owned ? `${door}; an item that is there, for its owner and admins alone.` : `${door}.`
}

/** What may come with a request, the preferred scheme first. */
function securityOf(access: Access, row: Operation, collection: Collection | undefined): Schema[] {
  // No credential is a choice that is made here, not one that was forgotten.
  const takesAny = row.body === 'any' || row.body === 'optional'
  const [bearer, apiKey, cookies] = [{ bearer: [] }, { apiKey: [] }, { cookies: [] }]
  if (row.acts === true) return [{}, bearer, apiKey, cookies]
  if (access === 'public') {
    // What an item refers to is shown to those who may get it.
    const brings =
      row.method === 'GET' && collection !== undefined && includeOf(collection).length > 0
    return brings ? [{}, bearer, apiKey, cookies] : takesAny ? [{}, bearer, cookies] : [{}]
  }
  if (row.token !== undefined) return [bearer, cookies, { metricsToken: [] }]
  return collection === undefined ? [bearer, cookies] : [bearer, apiKey, cookies]
}
