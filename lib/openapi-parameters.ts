import type { Collection } from './collections/define.ts'
import { readerOf } from './collections/item.ts'
import type { Operation, OperationId } from './http/contract.ts'
import { ID, type Schema } from './openapi-schemas.ts'

/** What an operation takes in its path, its query and its headers. */
export function parametersOf(
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
  const wanted = 'Answers 412 when the item or the page is no longer this.'
  parameters.push({ name: 'If-Match', in: 'header', description: wanted, schema: text })
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
    header(
      'If-None-Match',
      '`*`: only when there is no item yet; or an ETag that it must not have.',
    ),
  ]
}
