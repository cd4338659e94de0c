import { answerSchema, bodySchema, queryParameters } from './reference.ts'
import { resolved, type Schema, typeOf } from './schema-words.ts'

/** How a field is shown and filled in. */
export type FieldKind = 'text' | 'long' | 'number' | 'boolean' | 'choice' | 'date' | 'json'

/** A field of a collection, for a form and a column. */
export interface FormField {
  name: string
  kind: FieldKind
  /** In words: `integer, 1 to 5`. */
  type: string
  options: readonly string[]
  /** Whether an item cannot be without it. */
  required: boolean
  /** Whether null may be written as a value of its own. */
  nullable: boolean
  /** False for what the server sets. */
  writable: boolean
}

/** What a table of a collection can do, from the published document. */
export interface CollectionForm {
  name: string
  fields: readonly FormField[]
  /** Fields to filter by, each with what may follow its name: '' for equality, `[gte]`. */
  filters: readonly { name: string; operators: readonly string[] }[]
  sorts: readonly string[]
  /** What `q` says it searches; undefined where there is no search. */
  search: string | undefined
}

/** From so many characters a text wants several lines. */
const LONG = 500

/** Describes a collection of this API, by the operations that serve it. */
export function collectionForm(name: string): CollectionForm {
  const [path, list] = [`/api/${name}`, queryParameters('GET', `/api/${name}`)]
  const items = resolved(resolved(answerSchema('GET', path) ?? {}).properties?.['data'] ?? {}).items
  const { properties = {} } = resolved(items ?? {})
  const written = bodySchema('POST', path) ?? {}
  const names = Object.keys(properties).filter((field) => field !== 'id')
  const filterable = list.map((parameter) => parameter.name.replace(/\[.*$/, ''))
  return {
    name,
    fields: names.map((field) => fieldOf(field, properties[field] ?? {}, written)),
    filters: [...new Set(filterable)]
      .filter((field) => names.includes(field))
      .map((field) => ({
        name: field,
        operators: list.flatMap((parameter) =>
          parameter.name === field || parameter.name.startsWith(`${field}[`)
            ? parameter.name.slice(field.length)
            : [],
        ),
      })),
    sorts: (list.find((parameter) => parameter.name === 'sort')?.schema.enum ?? []).map(String),
    search: list.find((parameter) => parameter.name === 'q')?.description,
  }
}

function fieldOf(name: string, shown: Schema, written: Schema): FormField {
  const own = written.properties?.[name]
  const schema = resolved(own ?? shown)
  const types = typesOf(schema)
  return {
    name,
    kind: kindOf(schema, types),
    type: typeOf(own ?? shown),
    options: optionsOf(schema),
    required: written.required?.includes(name) === true,
    nullable: types.includes('null'),
    writable: own !== undefined,
  }
}

function typesOf({ type, anyOf, oneOf }: Schema): string[] {
  const parts = anyOf ?? oneOf ?? []
  return [type ?? [], parts.map((part) => typesOf(resolved(part)))].flat(2).map(String)
}

function optionsOf({ enum: words = [], anyOf = [], oneOf = [] }: Schema): string[] {
  const inner = [...anyOf, ...oneOf].flatMap((part) => optionsOf(resolved(part)))
  return [...words, ...inner].filter((word) => word !== null).map(String)
}

function kindOf(schema: Schema, types: readonly string[]): FieldKind {
  if (optionsOf(schema).length > 0) return 'choice'
  const [first] = types.filter((type) => type !== 'null')
  if (first === 'integer' || first === 'number') return 'number'
  if (first === 'boolean') return 'boolean'
  if (first !== 'string') return 'json'
  if (schema.format === 'date') return 'date'
  const bound = schema.maxLength
  // The document bounds every text: what is bounded by the collection itself is smaller.
  return bound !== undefined && bound > LONG && bound < 10_000 ? 'long' : 'text'
}
