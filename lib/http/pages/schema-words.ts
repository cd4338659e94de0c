import document from '../../openapi/openapi.json' with { type: 'json' }

/** The part of JSON Schema that the published document is written in. */
export interface Schema {
  $ref?: string
  type?: string | readonly string[]
  enum?: readonly unknown[]
  const?: unknown
  anyOf?: readonly Schema[]
  oneOf?: readonly Schema[]
  items?: Schema
  properties?: Record<string, Schema>
  additionalProperties?: boolean | Schema
  required?: readonly string[]
  description?: string
  format?: string
  pattern?: string
  minimum?: number
  maximum?: number
  minLength?: number
  maxLength?: number
  examples?: readonly unknown[]
  default?: unknown
}

/** A member of a body, an answer or a query, in words. */
export interface Member {
  /** `data[].id` for what is within others. */
  name: string
  type: string
  required: boolean
  description: string
}

const SCHEMAS = (document['components'] as { schemas: Record<string, Schema> }).schemas
/** Deeper than this nobody reads on. */
const DEEPEST = 4
/** Bounds of the document that say no more than that there is one. */
const LARGEST_NAMED = 1_000_000
const LONGEST_NAMED = 300

/** A schema, or what its reference leads to. */
export function resolved(schema: Schema): Schema {
  const name = schema.$ref?.split('/').at(-1)
  return name === undefined ? schema : resolved(SCHEMAS[name] ?? {})
}

/** What kind of value a schema takes: `text`, `integer, 1 to 100`, `list of text`. */
export function typeOf(schema: Schema): string {
  const { type, format, items, anyOf, oneOf, enum: words } = resolved(schema)
  const parts = anyOf ?? oneOf
  if (parts !== undefined) return [...new Set(parts.map(typeOf))].join(' or ')
  if (words !== undefined && words.length === 1) return JSON.stringify(words[0])
  const names = (typeof type === 'string' ? [type] : (type ?? ['any value'])).map((name) => {
    if (name === 'string') return TEXTS[format ?? ''] ?? 'text'
    if (name === 'array') return items === undefined ? 'list' : `list of ${typeOf(items)}`
    return name
  })
  return `${names.join(' or ')}${boundsOf(schema)}`
}

const TEXTS: Readonly<Record<string, string>> = {
  'date-time': 'time (RFC 3339)',
  date: 'date',
  email: 'mail address',
  uri: 'URL',
  uuid: 'UUID',
}

function boundsOf(schema: Schema): string {
  const { minimum, maximum, maxLength } = resolved(schema)
  const low = minimum !== undefined && Math.abs(minimum) < LARGEST_NAMED ? minimum : undefined
  const high = maximum !== undefined && maximum < LARGEST_NAMED ? maximum : undefined
  if (low !== undefined && high !== undefined) return `, ${low} to ${high}`
  if (low !== undefined && low !== 0) return `, ${low} and more`
  if (high !== undefined) return `, up to ${high}`
  return maxLength !== undefined && maxLength <= LONGEST_NAMED
    ? `, up to ${maxLength} characters`
    : ''
}

/** The members of an object in the order of the document, those within others after them. */
export function membersOf(schema: Schema, before = '', depth = 1): Member[] {
  const { properties = {}, required = [], items } = resolved(schema)
  if (items !== undefined) return membersOf(items, `${before}[].`, depth)
  return Object.entries(properties).flatMap(([name, member]) => {
    const inner = resolved(member)
    const own: Member = {
      name: `${before}${name}`,
      type: typeOf(member),
      required: required.includes(name),
      description: member.description ?? inner.description ?? '',
    }
    const isNested = inner.properties !== undefined || inner.items !== undefined
    if (!isNested || depth >= DEEPEST) return [own]
    const within = inner.items === undefined ? `${own.name}.` : own.name
    return [own, ...membersOf(inner, within, depth + 1)]
  })
}

/** A value that a schema takes, for an example that can be read. */
export function exampleOf(schema: Schema, depth = 1): unknown {
  const { examples, default: own, enum: words, type, anyOf, oneOf, ...rest } = resolved(schema)
  const said = examples?.[0] ?? own ?? words?.[0] ?? rest.const
  if (said !== undefined) return said
  const [first] = anyOf ?? oneOf ?? []
  if (first !== undefined) return exampleOf(first, depth)
  switch (typeof type === 'string' ? type : type?.[0]) {
    case 'object':
      return objectExample(rest, depth)
    case 'array':
      return depth > DEEPEST || rest.items === undefined ? [] : [exampleOf(rest.items, depth + 1)]
    case 'integer':
    case 'number':
      return Math.max(1, rest.minimum ?? 1)
    case 'boolean':
      return true
    case 'null':
      return null
    default:
      return textExample(rest)
  }
}

function objectExample({ properties = {} }: Schema, depth: number): unknown {
  if (depth > DEEPEST) return {}
  return Object.fromEntries(
    Object.entries(properties).map(([name, member]) => [name, exampleOf(member, depth + 1)]),
  )
}

const TEXT_EXAMPLES: Readonly<Record<string, string>> = {
  'date-time': '2026-01-31T12:00:00.000Z',
  date: '2026-01-31',
  email: 'me@example.com',
  uri: 'https://example.com/',
  uuid: 'b9a37f47-aa0f-4236-9839-25cf68e76265',
}

function textExample({ format, minLength = 0 }: Schema): string {
  return TEXT_EXAMPLES[format ?? ''] ?? 'text'.padEnd(minLength, ' text')
}
