import type { Collection } from '../collections/define.ts'

/** What a collection is called in the schema. */
export interface Names {
  /** Of its type: `star:` is `Star`. */
  type: string
  /** Of the field that gets one. */
  one: string
  /** Of the field that lists them. */
  many: string
}

/** Types that the schema has anyway. */
const TAKEN = new Set([
  'Query',
  'Mutation',
  'Subscription',
  'Int',
  'Float',
  'String',
  'Boolean',
  'ID',
  'JSON',
])

/** Names a collection by its prefix, and its list by its path. */
export function namesOf({ name, prefix }: Collection): Names {
  const words = prefix.split(/[^0-9A-Za-z]+/).filter((word) => word !== '')
  const spelt = words.map((word) => `${word.charAt(0).toUpperCase()}${word.slice(1)}`).join('')
  const type = fieldName(TAKEN.has(spelt) ? `${spelt}Item` : spelt)
  const one = `${type.charAt(0).toLowerCase()}${type.slice(1)}`
  const path = name.replace(/[^0-9A-Za-z]+(\w)?/g, (_, letter = '') => letter.toUpperCase())
  const many = fieldName(path)
  return { type, one, many: many === one ? `${many}List` : many }
}

/** A field's name as GraphQL writes names; what begins with two underscores is GraphQL's own. */
export function fieldName(name: string): string {
  return name
    .replace(/[^_0-9A-Za-z]/g, '_')
    .replace(/^(?=\d)/, '_')
    .replace(/^__+/, '_')
}

/** The second part of the name of a type that belongs to a field. */
export function typePart(name: string): string {
  const spelt = fieldName(name)
  return `${spelt.charAt(0).toUpperCase()}${spelt.slice(1)}`
}
