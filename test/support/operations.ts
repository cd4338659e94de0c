import type { Collection } from '../../lib/collections/define.ts'
import { allCollections } from '../../lib/collections/index.ts'
import { contract, type Operation } from '../../lib/contract/operations.ts'

/** An operation as a client meets it; `{id}` stands in its path. */
export interface Place {
  row: Operation
  collection: Collection | undefined
  path: string
}

/** Every operation of the contract, once for each collection, and under its older paths. */
export const PLACES: readonly Place[] = Object.values(
  contract as Record<string, Operation>,
).flatMap((row) => [row.path, ...(row.aliases ?? [])].flatMap((path) => placesOf(row, path)))

function placesOf(row: Operation, path: string): Place[] {
  const [place, only] = /\{collection(?:=(\w+))?\}/.exec(path) ?? []
  if (place === undefined) return [{ row, path, collection: undefined }]
  return allCollections()
    .filter(({ name }) => only === undefined || only === name)
    .map((collection) => ({ row, collection, path: path.replace(place, collection.name) }))
}
