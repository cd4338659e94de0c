import type { Collection } from '../collections/define.ts'
import type { Field } from '../items/field.ts'
import { type Comparison, comparisonsOf, MOST_VALUES, SEVERAL } from '../items/filter.ts'
import { readerOf } from '../items/item.ts'
import { LONGEST_SEARCH, SEARCH } from '../items/query.ts'
import type { AnyOperation } from '../operation.ts'
import { referencesIn, toSchema } from './bodies.ts'
import { parameterText } from './members.ts'
import { bounded, KEY_ID, literal, type Schema, sentId } from './schemas.ts'

/** So many characters of any kind fit into the head of a request, beside others. */
const LONGEST_SENT = 500

/** What an operation takes in its path, its query and its headers. */
export function parametersOf(
  { id, row, input }: AnyOperation,
  collection: Collection | undefined,
): Schema[] {
  const { action } = row
  const parameters: Schema[] = []
  if (row.path.includes('{id}')) {
    const description = 'The id, percent-encoded.'
    // The prefix before an id is its longer spelling; what is left is no id when it begins so again.
    const twice = action === 'replace' ? collection?.prefix.repeat(2) : undefined
    const schema = sentId(twice)
    parameters.push({ name: 'id', in: 'path', required: true, description, schema })
  }
  if (row.path.includes('{key}')) {
    const description = 'The id of an API key.'
    const schema = { type: 'string', pattern: KEY_ID }
    parameters.push({ name: 'key', in: 'path', required: true, description, schema })
  }
  if (row.path.includes('{provider}')) {
    const description = 'The id of a provider, as `GET /api/auth/providers` lists them.'
    const schema = { type: 'string', pattern: '^[a-z0-9_-]{1,64}$', examples: ['github'] }
    parameters.push({ name: 'provider', in: 'path', required: true, description, schema })
  }
  if (id === 'finishOAuth') parameters.push(...CALLBACK)
  if (action === 'list') parameters.push(...PAGING)
  if (row.body === 'none' && input !== undefined && input !== 'as sent') {
    const { properties } = toSchema(input)
    for (const [name, shape] of Object.entries<Schema>(Object(properties))) {
      const { description = '', ...schema } = { ...shape, ...parameterText(id, name) }
      parameters.push(query(name, String(description), schema))
    }
  }
  if (collection !== undefined && row.method === 'GET') {
    parameters.push(fieldsOf(collection), ...includeOf(collection), KNOWN_TAG)
    if (action === 'list') parameters.push(...ordersOf(collection), ...filtersOf(collection))
  } else if (collection !== undefined && action !== 'batch') {
    parameters.push(...(action === 'create' ? [IDEMPOTENCY_KEY] : CONDITIONS))
  }
  return parameters.map((parameter) => bounded(parameter, LONGEST_SENT))
}

function query(name: string, description: string, schema: Schema): Schema {
  return { name, in: 'query', description, schema }
}

function header(name: string, description: string, schema: Schema): Schema {
  return { name, in: 'header', description, schema: { type: 'string', ...schema } }
}

/** What a provider sends a browser back with; whatever it adds is not looked at. */
const CALLBACK = [
  query('state', 'As it was sent to the provider.', { type: 'string' }),
  query('code', 'What the tokens are exchanged for.', { type: 'string' }),
  query('iss', 'The issuer (RFC 9207).', { type: 'string' }),
  query('error', 'Why there is no code.', { type: 'string', examples: ['access_denied'] }),
]

const PAGING = ['limit', 'cursor'].map((name) => {
  const { description = '', ...schema } = parameterText('listItems', name)
  return query(name, String(description), schema)
})

/** Entity tags as RFC 9110 §8.8.3 writes them. */
const TAGS: Schema = {
  pattern: '^(\\*|(W/)?"[!#-~]*"( *, *(W/)?"[!#-~]*")*)$',
  examples: ['"0123456789abcdefghijkl"'],
}
const KNOWN_TAG = header(
  'If-None-Match',
  'Answers 304 when the item or the page is still this.',
  TAGS,
)
const CONDITIONS = [
  header('If-Match', 'The ETag that the item must have; otherwise 412.', TAGS),
  header('If-None-Match', '`*`: only when there is no item yet; otherwise 412.', TAGS),
]
const IDEMPOTENCY_KEY = header(
  'Idempotency-Key',
  'A request that comes again under it is done once.',
  {
    minLength: 1,
    maxLength: 255,
    pattern: '^[!-~]+$',
    examples: ['4f4a6ab6-6a5d-4f0e-9c39-0f6d2c1b8e57'],
  },
)

function fieldsOf(collection: Collection): Schema {
  const names = ['id', ...readerOf(collection).names]
  const name = `(${names.map(literal).join('|')})`
  return query('fields', `Only these fields, separated by commas: ${names.join(', ')}.`, {
    type: 'string',
    pattern: `^${name}(,${name})*$`,
    examples: [names.slice(0, 2).join(',')],
  })
}

export function includeOf(collection: Collection): Schema[] {
  const references = referencesIn(collection)
  if (references.length === 0) return []
  const names = references.map(({ field }) => field.name)
  const name = `(${names.map(literal).join('|')})`
  const schema = { type: 'string', pattern: `^${name}(,${name})*$`, examples: [names.join(',')] }
  const whom = references.map(({ field, target }) => `${field.name} (${target.name})`).join(', ')
  return [query('include', `Adds the items that these fields refer to: ${whom}.`, schema)]
}

function ordersOf({ sort = [], search }: Collection): Schema[] {
  const orders = ['id', ...sort].flatMap((order) => [order, backwards(order)])
  return [
    query('sort', 'By these fields; `-` is from the largest down. Absent: `id`.', {
      type: 'string',
      enum: [...new Set(orders)],
    }),
    query('count', 'Adds how many items match.', { type: 'string', enum: ['exact'] }),
    ...(search === undefined
      ? []
      : [
          query('q', `Beginnings of words in ${search.join(', ')}.`, {
            type: 'string',
            maxLength: LONGEST_SEARCH,
            pattern: SEARCH.source,
            examples: ['pul fic'],
          }),
        ]),
  ]
}

/** The same order from its other end. */
function backwards(order: string): string {
  const parts = order.split(',')
  return parts.map((part) => (part.startsWith('-') ? part.slice(1) : `-${part}`)).join(',')
}

const MEANINGS: Readonly<Record<Comparison, string>> = {
  eq: 'is one of these',
  gt: 'is greater than this',
  gte: 'is at least this',
  lt: 'is less than this',
  lte: 'is at most this',
  ne: 'is none of these, or not there',
  ci: 'is one of these, in capitals or not',
  exists: 'is there, or is not',
}

function filtersOf(collection: Collection): Schema[] {
  const { fields } = readerOf(collection)
  return (collection.filter ?? [])
    .flatMap((name) => fields.find((field) => field.name === name) ?? [])
    .flatMap((field) =>
      comparisonsOf(collection, field).map((comparison) => {
        const { name, isList } = field
        const whole = comparison === 'exists'
        const verb =
          isList && !whole ? MEANINGS[comparison].replace(/^is/, 'has') : MEANINGS[comparison]
        const parameter = comparison === 'eq' ? name : `${name}[${comparison}]`
        const schema = whole ? { type: 'boolean' } : comparedOf(field, comparison)
        return query(parameter, `Items whose ${name} ${verb}.`, schema)
      }),
    )
}

/** What a field is compared with: one value, or any of several. */
function comparedOf(field: Field, comparison: Comparison): Schema {
  const { kind, words } = field
  const one: Schema = { type: kind === 'number' || kind === 'boolean' ? kind : 'string' }
  if (words !== undefined && comparison !== 'ci') one['enum'] = words
  if (kind === 'date' || kind === 'datetime' || kind === 'decimal') {
    Object.assign(one, entrySchema(field))
  }
  if (!SEVERAL.has(comparison)) return one
  return { type: 'array', items: one, minItems: 1, maxItems: MOST_VALUES }
}

/** The schema of a value, or of an entry of a list. */
function entrySchema({ schema, isList }: Field): Schema {
  const { description: _, default: __, ...whole } = toSchema(schema)
  const one = isList ? Object(whole['items']) : whole
  return { ...one, type: 'string' }
}
