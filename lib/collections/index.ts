import { books } from './books.ts'
import type { Collection } from './define.ts'
import { movies } from './movies.ts'
import { apart } from './prefixes.ts'
import { reviews } from './reviews.ts'

type Registry = Record<string, Collection>

/** The registry: every collection there is. */
export const collections = { books, movies, reviews } satisfies Registry

const byName = new Map<string, Collection>(
  apart(collections).map((collection) => [collection.name, collection]),
)

/** Looks a collection up by its path segment. */
export function findCollection(name: string): Collection | undefined {
  return byName.get(name)
}

/** All of them, in the order of the registry. */
export function allCollections(): readonly Collection[] {
  return [...byName.values()]
}

/** Whether a word names a collection. */
export function isCollectionName(name: string): name is keyof typeof collections {
  return byName.has(name)
}
