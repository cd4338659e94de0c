import type { Collection } from '../collections/define.ts'
import * as collections from '../collections/index.ts'
import { apart } from '../collections/prefixes.ts'

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
