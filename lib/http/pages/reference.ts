import document from '../../openapi/openapi.json' with { type: 'json' }
import { exampleOf, type Member, membersOf, resolved, type Schema, typeOf } from './schema-words.ts'

/** A parameter of an operation; those of one field (`year[gte]`) are told with it. */
export interface Parameter extends Member {
  in: 'path' | 'query' | 'header'
  options: readonly string[]
  /** `[gt]`, `[gte]` and so on, where they may follow the name. */
  also: readonly string[]
}

/** Which credential an example sends. */
export type Credential = 'none' | 'key' | 'token'

/** An operation as the reference shows it. */
export interface ShownOperation {
  /** Its anchor: the document's `operationId`. */
  id: string
  method: string
  path: string
  title: string
  /** What there is to say besides; '' for nothing. */
  about: string
  who: string
  credential: Credential
  /** What an API key needs. */
  scope: string | undefined
  deprecated: boolean
  parameters: readonly Parameter[]
  body: { members: readonly Member[]; example: unknown } | undefined
  answer: { status: number; members: readonly Member[]; example: unknown }
  /** Slugs, without those that every operation has. */
  problems: readonly string[]
}

/** Operations of one subject, or of one collection. */
export interface OperationGroup {
  name: string
  description: string
  operations: readonly ShownOperation[]
}

interface DocumentedOperation {
  operationId: string
  summary: string
  description: string
  tags: readonly string[]
  security: readonly Record<string, unknown>[]
  deprecated?: boolean
  parameters?: readonly DocumentedParameter[]
  requestBody?: { content: Record<string, { schema: Schema }> }
  responses: Record<string, { content?: Record<string, { schema: Schema }> }>
  'x-problems': readonly string[]
}

interface DocumentedParameter {
  name: string
  in: Parameter['in']
  required?: boolean
  description?: string
  schema: Schema
}

/** Made at build time: the document is checked by tests of its own. */
const PATHS = document.paths as unknown as Record<string, Record<string, DocumentedOperation>>
const TAGS = document['tags'] as readonly { name: string; description: string }[]

const ALL = Object.entries(PATHS).flatMap(([path, methods]) =>
  Object.entries(methods).map(([method, operation]) => ({ method, path, operation })),
)

/** What every operation can end with. */
export const COMMON_PROBLEMS: readonly string[] = (ALL[0]?.operation['x-problems'] ?? []).filter(
  (slug) => ALL.every(({ operation }) => operation['x-problems'].includes(slug)),
)

/** Whether this API has an operation: pages show nothing that it has not. */
export function offers(method: string, path: string): boolean {
  return PATHS[path]?.[method.toLowerCase()] !== undefined
}

/** Every operation of the published document, by its tags; collections first. */
export function reference(collections: readonly string[]): OperationGroup[] {
  const groups = TAGS.map(({ name, description }) => ({
    name,
    description,
    operations: ALL.filter(({ operation }) => operation.tags[0] === name).map(shown),
  })).filter(({ operations }) => operations.length > 0)
  const isCollection = ({ name }: OperationGroup) => collections.includes(name)
  return [...groups.filter(isCollection), ...groups.filter((group) => !isCollection(group))]
}

/** The schema of a body or an answer of the document, its references followed. */
export function bodySchema(method: string, path: string): Schema | undefined {
  const body = PATHS[path]?.[method.toLowerCase()]?.requestBody
  const [content] = Object.values(body?.content ?? {})
  return content === undefined ? undefined : resolved(content.schema)
}

/** The schema of what an operation answers when it goes well; undefined for nothing. */
export function answerSchema(method: string, path: string): Schema | undefined {
  const { responses = {} } = PATHS[path]?.[method.toLowerCase()] ?? {}
  const [, answer] = Object.entries(responses).find(([status]) => status.startsWith('2')) ?? []
  const [content] = Object.values(answer?.content ?? {})
  return content === undefined ? undefined : resolved(content.schema)
}

/** What may be sent in the query of an operation. */
export function queryParameters(method: string, path: string): readonly DocumentedParameter[] {
  const parameters = PATHS[path]?.[method.toLowerCase()]?.parameters ?? []
  return parameters.filter((parameter) => parameter.in === 'query')
}

function shown({ method, path, operation }: (typeof ALL)[number]): ShownOperation {
  const { operationId, summary, description, security, parameters = [] } = operation
  const [title = '', ...rest] = (ITEM_TITLES[operationId.split('_')[0] ?? ''] ?? summary).split(
    '; ',
  )
  const { who, besides } = whoOf(description.slice(summary.length + 2))
  const body = bodySchema(method, path)
  const status = Object.keys(operation.responses).find((code) => code.startsWith('2'))
  const schema = answerSchema(method, path)
  return {
    id: operationId,
    method: method.toUpperCase(),
    path,
    title,
    about: [...rest.map(sentence), besides].join(' ').trim(),
    who,
    credential: credentialOf(security),
    scope: scopeOf(operation, method),
    deprecated: operation.deprecated === true,
    parameters: foldFilters(parameters),
    body: body === undefined ? undefined : { members: membersOf(body), example: exampleOf(body) },
    answer: {
      status: Number(status),
      members: schema === undefined ? [] : membersOf(schema),
      example: schema === undefined ? undefined : exampleOf(schema),
    },
    problems: operation['x-problems'].filter((slug) => !COMMON_PROBLEMS.includes(slug)),
  }
}

/** Under the name of its collection an operation need not say what it is of. */
const ITEM_TITLES: Readonly<Record<string, string>> = {
  listItems: 'List; filtered and sorted, in pages',
  getItem: 'Read one',
  createItem: 'Make one',
  replaceItem: 'Replace one; or make it under this id',
  patchItem: 'Change one; only the fields that are sent. `null` takes one away',
  deleteItem: 'Delete one',
}

const DOORS: Readonly<Record<string, string>> = {
  user: 'Needs an account',
  editor: 'Needs an editor',
  admin: 'Needs an admin',
}

/** `For the level user and above; an item that is there, for its owner and admins alone.` */
function whoOf(text: string): { who: string; besides: string } {
  const level = /level (\w+)/.exec(text)?.[1] ?? ''
  const owned = text.includes('owner')
  return {
    who: DOORS[level] ?? 'For everybody',
    besides: owned ? 'What is there already is for its owner and for admins alone.' : '',
  }
}

function sentence(text: string): string {
  return `${text.charAt(0).toUpperCase()}${text.slice(1)}.`
}

function credentialOf(security: DocumentedOperation['security']): Credential {
  const names = security.flatMap((scheme) => Object.keys(scheme))
  if (security.some((scheme) => Object.keys(scheme).length === 0)) return 'none'
  return names.includes('apiKey') ? 'key' : 'token'
}

function scopeOf({ security, tags }: DocumentedOperation, method: string): string | undefined {
  if (!security.some((scheme) => 'apiKey' in scheme)) return undefined
  return `${tags[0]}:${method === 'get' ? 'read' : 'write'}`
}

/** `year[gte]` and its like are told with `year`. */
function foldFilters(parameters: readonly DocumentedParameter[]): Parameter[] {
  return parameters
    .filter(({ name }) => !name.includes('['))
    .map(({ name, in: place, required, description = '', schema }) => ({
      name,
      in: place,
      type: typeOf(schema),
      required: required === true,
      description,
      options: Array.isArray(schema.enum) ? schema.enum.map(String) : [],
      also: parameters.flatMap((other) =>
        other.name.startsWith(`${name}[`) ? other.name.slice(name.length) : [],
      ),
    }))
}
