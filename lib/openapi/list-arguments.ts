import type { Collection } from '../collections/define.ts'
import { listItems } from '../items/list.ts'
import { parametersOf } from './parameters.ts'
import type { Schema } from './schemas.ts'

/** What a list takes, as its other faces show it: the comparisons of a field stand together. */
export interface ListArguments {
  own: readonly (readonly [name: string, schema: Schema])[]
  /** By field: its comparisons, `eq` among them. */
  filters: ReadonlyMap<string, readonly (readonly [comparison: string, schema: Schema])[]>
}

/** Where a query repeats a parameter, an argument is a value or a list of them. */
function oneOrSeveral(schema: Schema): Schema {
  const { type, items } = schema
  return type === 'array' && items !== undefined ? { anyOf: [items, schema] } : schema
}

/** The arguments of a collection's list, from the parameters that the document shows. */
export function listArguments(collection: Collection): ListArguments {
  const own: [string, Schema][] = []
  const filters = new Map<string, [string, Schema][]>()
  for (const { name, in: place, description, schema } of parametersOf(listItems, collection)) {
    if (place !== 'query' || typeof name !== 'string') continue
    const shown = { description, ...oneOrSeveral(Object(schema)) }
    const [, field = '', comparison = 'eq'] = /^([^[]+)(?:\[(\w+)\])?$/.exec(name) ?? []
    if (!(collection.filter ?? []).includes(field)) own.push([name, shown])
    else filters.set(field, [...(filters.get(field) ?? []), [comparison, shown]])
  }
  return { own, filters }
}
