import type { ZodMiniType } from 'zod/mini'
import { toJSONSchema } from 'zod/v4/core'
import { createKeyInput, rollKeyInput } from './auth/api-keys.ts'
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
import { PROBLEMS, type ProblemCode } from './errors.ts'
import { contract, type Operation, type OperationId } from './http/contract.ts'
import { doorOf } from './http/router.ts'
import { listOf, orNull, ref, SCHEMAS, type Schema } from './openapi-schemas.ts'
import { SUMMARIES } from './texts.ts'

/** What each operation takes and answers; those of collections are made of their fields. */
const BODIES: Partial<Record<OperationId, ZodMiniType | Schema>> = {
  signIn: signInInput,
  login: signInInput,
  refresh: refreshInput,
  logout: {
    type: 'object',
    properties: { refresh: { type: 'string' } },
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
  createKey: createKeyInput,
  rollKey: rollKeyInput,
}
const ANSWERS: Partial<Record<OperationId, Schema>> = {
  signIn: ref('TokenResponse'),
  refresh: ref('TokenResponse'),
  login: ref('Login'),
  register: ref('MailNotice'),
  resendVerification: ref('MailNotice'),
  forgotPassword: ref('MailNotice'),
  listSessions: listOf(ref('Session')),
  generatePassword: ref('PasswordHash'),
  readProfile: ref('Profile'),
  changeProfile: ref('Profile'),
  listKeys: listOf(ref('ApiKey')),
  createKey: ref('NewApiKey'),
  rollKey: ref('NewApiKey'),
  listUsers: listOf(ref('User')),
  changeUser: ref('User'),
  listEvents: listOf(ref('SecurityEvent')),
  jwks: ref('Jwks'),
  health: ref('Health'),
  ready: ref('Readiness'),
  openapi: ref('OpenApi'),
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

function nameOf({ name }: Collection): string {
  const single = name.replace(/s$/, '')
  return `${single.charAt(0).toUpperCase()}${single.slice(1)}`
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
    security: securityOf(access, collection),
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

function securityOf(access: string, collection: Collection | undefined): Schema[] {
  // No credential is a choice that is made here, not one that was forgotten.
  if (access === 'public') return [{}]
  const sessions = [{ bearer: [] }, { cookies: [] }]
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
    kind === 'patch' && name !== 'id' ? [name, orNull(schema)] : [name, schema],
  )
  const needed = (required as string[]).filter((name) => name !== 'id' && !stamps.includes(name))
  return {
    type: 'object',
    properties: Object.fromEntries(fields),
    ...(kind === 'new' && needed.length > 0 ? { required: needed } : {}),
    additionalProperties: false,
  }
}

const ID: Schema = {
  type: 'string',
  minLength: 1,
  maxLength: 256,
  description: 'The key without its prefix.',
}

function parametersOf(
  id: OperationId,
  row: Operation,
  collection: Collection | undefined,
): Schema[] {
  const parameters: Schema[] = []
  if (row.path.includes('{id}')) {
    const description = 'The id, percent-encoded.'
    parameters.push({ name: 'id', in: 'path', required: true, description, schema: ID })
  }
  const query = (name: string, description: string, schema: Schema): void => {
    parameters.push({ name, in: 'query', description, schema })
  }
  const text = { type: 'string' }
  if (id === 'listItems' || id === 'listUsers' || id === 'listEvents') {
    const limit = { type: 'integer', minimum: 1, maximum: 100, default: 50 }
    query('limit', 'How many.', limit)
    query('cursor', 'The `nextCursor` of the page before.', text)
  }
  if (collection === undefined || row.method !== 'GET') {
    if (collection !== undefined) parameters.push(...conditions(id))
    return parameters
  }
  const { names, kinds } = readerOf(collection)
  query('fields', `Only these fields, separated by commas: ${names.join(', ')}.`, text)
  const known = 'Answers 304 when the item or the page is still this.'
  parameters.push({ name: 'If-None-Match', in: 'header', description: known, schema: text })
  if (id !== 'listItems') return parameters
  const orders = ['id', ...(collection.sort ?? [])]
  query('sort', `One of these orders, or one of them backwards: ${orders.join('; ')}.`, text)
  query('count', 'Adds how many items match.', { type: 'string', enum: ['exact'] })
  if (collection.search !== undefined) {
    query('q', `Beginnings of words in ${collection.search.join(', ')}.`, text)
  }
  for (const field of collection.filter ?? []) {
    const kind = kinds[names.indexOf(field)] ?? 'string'
    const schema = { type: kind }
    query(field, `Items whose ${field} is this.`, schema)
    if (kind === 'boolean') continue
    for (const [word, meaning] of COMPARISONS)
      query(`${field}[${word}]`, `Items whose ${field} is ${meaning} this.`, schema)
  }
  return parameters
}

const COMPARISONS = [
  ['gt', 'greater than'],
  ['gte', 'at least'],
  ['lt', 'less than'],
  ['lte', 'at most'],
] as const

function conditions(id: OperationId): Schema[] {
  const header = (name: string, description: string): Schema => ({
    name,
    in: 'header',
    description,
    schema: { type: 'string' },
  })
  if (id === 'createItem') {
    return [header('Idempotency-Key', 'A request that comes again under it is done once.')]
  }
  return [
    header('If-Match', 'The ETag that the item must have; otherwise 412.'),
    header('If-None-Match', '`*`: only when there is no item yet; otherwise 412.'),
  ]
}

const HEADERS: Record<string, Schema> = Object.fromEntries(
  (
    [
      ['Access-Control-Allow-Origin', 'The origin of the page that asked, if it is on the list.'],
      ['X-Request-Id', 'Names the request; the log has it.'],
      ['Server-Timing', 'Round trips to the store that were waited for.'],
      ['RateLimit-Policy', 'The quotas that apply: `q` requests in `w` seconds.'],
      ['RateLimit', 'What is left: `r` requests, for `t` seconds.'],
      ['Retry-After', 'Seconds to wait.'],
      ['ETag', 'The version of the item or of the page.'],
      ['Location', 'Where the new item is.'],
      ['WWW-Authenticate', 'The challenge (RFC 6750 §3).'],
    ] as const
  ).map(([name, description]) => [name, { description, schema: { type: 'string' } }]),
)

function headers(...names: string[]): Schema {
  const all = [
    'Access-Control-Allow-Origin',
    'X-Request-Id',
    'Server-Timing',
    'RateLimit-Policy',
    'RateLimit',
    ...names,
  ]
  return Object.fromEntries(all.map((name) => [name, { $ref: `#/components/headers/${name}` }]))
}

function responsesOf(
  id: OperationId,
  row: Operation,
  collection: Collection | undefined,
  access: string,
): Record<string, Schema> {
  const responses: Record<string, Schema> = {}
  const answer = answerOf(id, collection)
  const kept = row.action !== undefined && row.status !== 204 ? ['ETag'] : []
  const content =
    answer === undefined ? {} : { content: { 'application/json': { schema: answer } } }
  const success = (status: number, ...more: string[]): void => {
    const description = SUMMARIES[id]
    responses[status] = { description, headers: headers(...kept, ...more), ...content }
  }
  success(row.status, ...(row.status === 201 ? ['Location'] : []))
  if (row.action === 'replace') success(201, 'Location')
  if (collection !== undefined && row.method === 'GET') {
    responses['304'] = { description: 'Still the same.', headers: headers('ETag') }
  }
  const codes = new Set<ProblemCode>([...row.errors, ...commonProblems(row, access)])
  for (const status of [...new Set([...codes].map((code) => PROBLEMS[code].status))].sort()) {
    responses[status] = { $ref: `#/components/responses/${status}` }
  }
  return responses
}

function answerOf(id: OperationId, collection: Collection | undefined): Schema | undefined {
  if (collection === undefined) return ANSWERS[id]
  if (id === 'deleteItem') return undefined
  const item = ref(nameOf(collection))
  if (id !== 'listItems') return item
  const count = { type: 'integer', minimum: 0, description: 'With `count=exact`.' }
  return listOf(item, { count })
}

/** What an operation can answer besides its row. */
function commonProblems(row: Operation, access: string): ProblemCode[] {
  return [
    'invalid-request',
    'internal-error',
    'service-unavailable',
    ...(row.quota === 'none' ? [] : (['quota-exceeded'] as const)),
    ...(access === 'public' ? [] : (['authentication-required', 'insufficient-scope'] as const)),
    ...(row.path.includes('{') ? (['not-found'] as const) : []),
    ...(row.body === 'none' ? [] : (['payload-too-large', 'unsupported-media-type'] as const)),
    'validation-error',
    ...(row.path.includes('{id}') ? [] : (['method-not-allowed'] as const)),
  ]
}

function problemResponses(): Record<string, Schema> {
  const byStatus = new Map<number, ProblemCode[]>()
  for (const [code, { status }] of Object.entries(PROBLEMS) as [
    ProblemCode,
    { status: number },
  ][]) {
    byStatus.set(status, [...(byStatus.get(status) ?? []), code])
  }
  return Object.fromEntries(
    [...byStatus].map(([status, codes]) => {
      const [first] = codes
      const example = {
        type: `/problems/${first}`,
        title: first === undefined ? '' : PROBLEMS[first].title,
        status,
        instance: '/api/movies',
        requestId: 'b9a37f47-aa0f-4236-9839-25cf68e76265',
      }
      const more = [
        ...(status === 401 ? ['WWW-Authenticate'] : []),
        ...(status === 429 || status === 503 ? ['Retry-After'] : []),
      ]
      const description = codes.map((code) => `\`${code}\`: ${PROBLEMS[code].title}.`).join(' ')
      const content = { 'application/problem+json': { schema: ref('Problem'), example } }
      return [status, { description, headers: headers(...more), content }]
    }),
  )
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
