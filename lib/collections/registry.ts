import type { Collection } from './define.ts'
import * as collections from './index.ts'
import { apart } from './prefixes.ts'

const byName: ReadonlyMap<string, Collection> = new Map(
  apart(collections).map((collection) => [collection.name, collection]),
)

/** Looks a collection up by its path segment. */
export function findCollection(name: string): Collection | undefined {
  return byName.get(name)
}

/** All of them, in the order of their names. */
export function allCollections(): readonly Collection[] {
  return [...byName.values()]
}
