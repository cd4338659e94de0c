import type { OperationId } from '../../lib/contract/operations.ts'
import { openapi } from '../../lib/openapi/openapi.ts'
import { OPERATIONS } from '../../lib/operations.ts'
import type { Sample } from './in-process.ts'

/** The account of the samples: an admin. */
export const SIGN_IN = { user: 'hostile@home.org', password: 'password' }

type Schema = Record<string, unknown>

/** What a sample of the document would not be: one that says something about what the store holds. */
const CHOSEN: { readonly [id in OperationId]?: Sample } = {
  signIn: { body: SIGN_IN },
  login: { body: SIGN_IN },
  createBlock: {
    body: { address: '192.0.2.0/24', reason: 'A reason', until: '2999-12-31T00:00:00Z' },
  },
  queryGraph: { query: { query: '{ movies { data { id } } }', variables: '{}' } },
  runGraph: { body: { query: '{ movies { data { id } } }', variables: {} } },
  callTools: { body: { jsonrpc: '2.0', id: 1, method: 'tools/list' } },
  listEvents: { query: { limit: '5', cursor: 'MS0x' } },
  listItems: {
    params: { collection: 'movies' },
    query: {
      ...{ limit: '5', cursor: 'YQ', sort: 'year', q: 'alien', fields: 'year', count: 'exact' },
      ...{ director: 'x', 'year[gte]': '1' },
    },
  },
  getItem: { params: { collection: 'movies', id: 'Alien' }, query: { fields: 'year' } },
  createItem: {
    params: { collection: 'books' },
    body: { id: 'x', title: 'A title', author: 'An author', year: 1 },
  },
  batchItems: {
    params: { collection: 'books' },
    body: {
      acts: [
        { op: 'create', item: { id: 'x', title: 'A title', author: 'An author', year: 1 } },
        { op: 'update', id: 'x', patch: { year: 2 } },
        { op: 'delete', id: 'x' },
      ],
    },
  },
  replaceItem: {
    params: { collection: 'books', id: 'x' },
    body: { title: 'A title', author: 'An author', year: 1 },
  },
  patchItem: {
    params: { collection: 'books', id: 'a book' },
    body: { title: 'A title', author: 'An author', year: 1 },
  },
  deleteItem: { params: { collection: 'books', id: 'x' } },
}

/** One for each operation: what the document says that it takes. */
export const SAMPLES: Readonly<Record<OperationId, Sample>> = samples()

function samples(): Record<OperationId, Sample> {
  const { paths } = openapi()
  const entries = Object.values(OPERATIONS).map(({ id, row }) => {
    const shown = paths[row.path]?.[row.method.toLowerCase()]
    return [id, CHOSEN[id] ?? sampleOf(shown ?? {})]
  })
  return Object.fromEntries(entries)
}

function sampleOf({ parameters = [], requestBody }: Schema): Sample {
  const named = parameters as { name: string; in: string; schema: Schema }[]
  const given = (place: string): Record<string, string> =>
    Object.fromEntries(
      named
        .filter((parameter) => parameter.in === place)
        .map(({ name, schema }) => [name, place === 'path' ? 'x' : String(example(schema))]),
    )
  const [params, query] = [given('path'), given('query')]
  const content = requestBody as { content?: Record<string, { schema: Schema }> } | undefined
  const schema = content?.content?.['application/json']?.schema
  return {
    ...(Object.keys(params).length === 0 ? {} : { params }),
    ...(Object.keys(query).length === 0 ? {} : { query }),
    ...(schema === undefined ? {} : { body: Object(example(schema)) }),
  }
}

/** A value that a schema takes, as the document's own examples show it where there are any. */
function example(schema: Schema): unknown {
  const { examples, enum: words, properties, items, type } = schema
  if (Array.isArray(examples)) return examples[0]
  if (Array.isArray(words)) return words[0]
  if (type === 'array') return [example(Object(items))]
  if (type === 'integer' || type === 'number') return Math.max(Number(schema['minimum'] ?? 1), 5)
  if (type === 'boolean') return false
  if (type !== 'object') return 'YQ'
  const members = Object.entries<Schema>(Object(properties))
  return Object.fromEntries(members.map(([name, member]) => [name, example(member)]))
}
