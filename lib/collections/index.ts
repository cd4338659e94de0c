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
