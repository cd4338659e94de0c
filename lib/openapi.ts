import type { ZodMiniType } from 'zod/mini'
import { toJSONSchema } from 'zod/v4/core'
import { createKeyInput, rollKeyInput } from './auth/api-keys.ts'
import { createBlockInput } from './auth/blocks.ts'
import { changePasswordInput } from './auth/change-password.ts'
import { resendInput, verifyInput } from './auth/email.ts'
import { forgotInput } from './auth/forgot-password.ts'
import { generatePasswordInput } from './auth/generate-password.ts'
import { changeProfileInput } from './auth/profile.ts'
import { refreshInput } from './auth/refresh.ts'
import { registerInput } from './auth/register.ts'
import { resetInput } from './auth/reset-password.ts'
import { signInInput } from './auth/sign-in.ts'
import { changeUserInput } from './auth/users.ts'
import type { Collection } from './collections/define.ts'
import { allCollections } from './collections/index.ts'
import { readerOf } from './collections/item.ts'
import { contract, type Operation, type OperationId } from './http/contract.ts'
import { doorOf } from './http/router.ts'
import { parametersOf } from './openapi-parameters.ts'
import { HEADERS, problemResponses, responsesOf } from './openapi-responses.ts'
import { ID, nameOf, orNull, ref, SCHEMAS, type Schema } from './openapi-schemas.ts'
import { SUMMARIES } from './texts.ts'

/** What each operation takes; what those of collections take is made of their fields. */
const BODIES: Partial<Record<OperationId, ZodMiniType | Schema>> = {
  signIn: signInInput,
  login: signInInput,
  refresh: refreshInput,
  logout: {
    type: 'object',
    properties: { refresh: { type: 'string' }, refreshToken: { type: 'string' } },
    additionalProperties: false,
  },
  register: registerInput,
  verifyEmail: verifyInput,
  resendVerification: resendInput,
  generatePassword: generatePasswordInput,
  changePassword: changePasswordInput,
  forgotPassword: forgotInput,
  resetPassword: resetInput,
  changeProfile: changeProfileInput,
  changeUser: changeUserInput,
  createBlock: createBlockInput,
  createKey: createKeyInput,
  rollKey: rollKeyInput,
}
interface OpenApi {
  openapi: string
  paths: Record<string, Record<string, Schema>>
  [member: string]: unknown
}

/**
 * The OpenAPI 3.1 document of the whole API, from the operation table, the collections and the schemas
 * that check what comes in.
 *
 * @see https://spec.openapis.org/oas/v3.1.1
 */
export function openapi(): OpenApi {
  const paths: OpenApi['paths'] = {}
  for (const [id, row] of Object.entries(contract) as [OperationId, Operation][]) {
    for (const [index, path] of [row.path, ...(row.aliases ?? [])].entries()) {
      for (const { shown, collection } of placesOf(path)) {
        const operation = operationOf(id, row, collection, index > 0)
        paths[shown] = { ...paths[shown], [row.method.toLowerCase()]: operation }
      }
    }
  }
  const schemas = { ...SCHEMAS }
  for (const collection of allCollections()) {
    schemas[nameOf(collection)] = itemSchema(collection)
    schemas[`${nameOf(collection)}View`] = { ...itemSchema(collection), required: ['id'] }
    schemas[`New${nameOf(collection)}`] = inputSchema(collection, 'new')
    schemas[`${nameOf(collection)}Patch`] = inputSchema(collection, 'patch')
  }
  return bounded({
    openapi: '3.1.1',
    info: {
      title: 'Usher',
      version: '1.0.0',
      description:
        'Sign in, send the access token as `Authorization: Bearer`, read collections. Every failure is a problem document (RFC 9457); every limited answer says what is left of the quota.',
      license: { name: 'MIT', identifier: 'MIT' },
      contact: { name: 'The operator of this API', url: 'https://usher.invalid' },
    },
    servers: [
      {
        url: '/',
        description: 'Where this document was found: local or production.',
        'x-internal': false,
      },
    ],
    security: [{ bearer: [] }],
    tags: tags(),
    paths,
    components: {
      schemas,
      responses: problemResponses(),
      headers: HEADERS,
      securitySchemes: {
        bearer: {
          type: 'http',
          scheme: 'bearer',
          bearerFormat: 'JWT',
          description: 'The access token of `signin` or `refresh` (RFC6750, RFC8725).',
        },
        cookies: {
          type: 'apiKey',
          in: 'cookie',
          name: '__Host-usher-access',
          description:
            'Set by `login`; what changes something must come from a page of this origin.',
        },
        apiKey: {
          type: 'apiKey',
          in: 'header',
          name: 'X-API-Key',
          description: 'A key of `POST /api/keys`, for the collections in its scopes.',
        },
        metricsToken: {
          type: 'http',
          scheme: 'bearer',
          description: 'The setting `METRICS_TOKEN` of the deployment, for its metrics alone.',
        },
      },
    },
  }) as OpenApi
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
  id: OperationId,
  row: Operation,
  collection: Collection | undefined,
  older: boolean,
): Schema {
  const access = accessOf(row, collection)
  const operationId = `${id}${collection === undefined ? '' : `_${collection.name}`}${older ? '_v1' : ''}`
  const body = bodyOf(id, row, collection)
  const parameters = parametersOf(id, row, collection)
  return {
    operationId,
    summary: SUMMARIES[id],
    description: `${SUMMARIES[id]}. ${whoMay(access, row, collection)}`,
    tags: [tagOf(row, collection)],
    ...(older ? { deprecated: true } : {}),
    security: securityOf(access, row, collection),
    ...(parameters.length === 0 ? {} : { parameters }),
    ...(body === undefined ? {} : { requestBody: body }),
    responses: responsesOf(id, row, collection, access),
  }
}

function accessOf(row: Operation, collection: Collection | undefined): string {
  if (row.access !== 'collection' || collection === undefined || row.action === undefined) {
    return row.access
  }
  const action = row.action === 'replace' ? 'update' : row.action
  return doorOf(collection.access[action])
}

function whoMay(access: string, row: Operation, collection: Collection | undefined): string {
  const action = row.action === 'replace' ? 'update' : row.action
  const owned = action !== undefined && collection?.access[action] === 'owner'
  if (owned) return 'For the owner of the item and for admins.'
  return access === 'public' ? 'For anyone.' : `For the level ${access} and above.`
}

function securityOf(access: string, row: Operation, collection: Collection | undefined): Schema[] {
  // No credential is a choice that is made here, not one that was forgotten.
  const sessions = [{ bearer: [] }, { cookies: [] }]
  const takesAny = row.body === 'any' || row.body === 'optional'
  if (access === 'public') return takesAny ? [{}, ...sessions] : [{}]
  if (row.token !== undefined) return [...sessions, { metricsToken: [] }]
  return collection === undefined ? sessions : [...sessions, { apiKey: [] }]
}

function bodyOf(
  id: OperationId,
  row: Operation,
  collection: Collection | undefined,
): Schema | undefined {
  if (row.body === 'none') return undefined
  const required = row.body === 'json'
  if (collection !== undefined) {
    const name = id === 'patchItem' ? `${nameOf(collection)}Patch` : `New${nameOf(collection)}`
    const content: Record<string, Schema> = { 'application/json': { schema: ref(name) } }
    if (id === 'patchItem') content['application/merge-patch+json'] = { schema: ref(name) }
    return { required, content }
  }
  const known = BODIES[id]
  if (known === undefined) throw new TypeError(`no body of ${id}`)
  const schema = '_zod' in known ? toSchema(known as ZodMiniType) : known
  return { required, content: { 'application/json': { schema } } }
}

function toSchema(schema: ZodMiniType): Schema {
  const { $schema: _, ...rest } = toJSONSchema(schema, { io: 'input', unrepresentable: 'any' })
  return rest
}

function itemSchema(collection: Collection): Schema {
  const { names, schemas } = readerOf(collection)
  const fields = names.map(
    (name, index) => [name, toSchema(schemas[index] as ZodMiniType)] as const,
  )
  const required = names.filter(
    (_, index) => schemas[index]?.safeParse(undefined).success === false,
  )
  return {
    type: 'object',
    properties: { id: ID, ...Object.fromEntries(fields) },
    required: ['id', ...required],
    additionalProperties: false,
  }
}

function inputSchema(collection: Collection, kind: 'new' | 'patch'): Schema {
  const { properties, required } = itemSchema(collection)
  const stamps: readonly string[] = collection.stamps ?? []
  const own = Object.entries(properties as Record<string, Schema>).filter(
    ([name]) => !stamps.includes(name),
  )
  const fields = own.map(([name, schema]) =>
    kind === 'patch' && !(required as string[]).includes(name)
      ? [name, orNull(schema)]
      : [name, schema],
  )
  const needed = (required as string[]).filter((name) => name !== 'id' && !stamps.includes(name))
  return {
    type: 'object',
    properties: Object.fromEntries(fields),
    ...(kind === 'new' && needed.length > 0 ? { required: needed } : {}),
    additionalProperties: false,
  }
}

/** A body has 64 KiB at most, and an answer no longer strings. */
const LONGEST = 65_536

/** States the bounds that everything has: of strings, integers and lists. */
function bounded(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(bounded)
  if (typeof value !== 'object' || value === null) return value
  const schema = Object.fromEntries(
    Object.entries(value).map(([name, each]) => [name, bounded(each)]),
  )
  const types = [schema['type']].flat()
  if (types.includes('string') && !('in' in schema)) {
    const closed = 'enum' in schema || 'const' in schema || 'maxLength' in schema
    if (!closed) schema['maxLength'] = LONGEST
  }
  if (types.includes('integer')) {
    schema['format'] ??= 'int64'
    schema['minimum'] ??= Number.MIN_SAFE_INTEGER
    schema['maximum'] ??= Number.MAX_SAFE_INTEGER
  }
  if (types.includes('array')) schema['maxItems'] ??= 100
  return schema
}
