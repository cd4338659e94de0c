import { books } from './books.ts'
import type { Collection } from './define.ts'
import { movies } from './movies.ts'

/** The registry: the name is the path, `/api/<name>`. */
export const collections = { books, movies } as const satisfies Record<string, Collection>

const byName = new Map<string, Collection>(Object.entries(collections))

/** Looks a collection up by its path segment. */
export function findCollection(name: string): Collection | undefined {
  return byName.get(name)
}

/** Whether a word names a collection. */
export function isCollectionName(name: string): name is keyof typeof collections {
  return Object.hasOwn(collections, name)
}
