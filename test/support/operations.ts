import type { Collection } from '../../lib/collections/define.ts'
import {
  contract,
  type Operation,
  type OperationId,
  pathsOf,
} from '../../lib/contract/operations.ts'
import { allCollections } from '../../lib/items/registry.ts'

/** An operation as a client meets it; `{id}` stands in its path. */
export interface Place {
  row: Operation
  collection: Collection | undefined
  path: string
}

/** Every operation of the contract, once for each collection, and under its older paths. */
export const PLACES: readonly Place[] = (Object.keys(contract) as OperationId[]).flatMap((id) =>
  pathsOf(id).flatMap((path) => placesOf(contract[id], path)),
)

function placesOf(row: Operation, path: string): Place[] {
  const [place, only] = /\{collection(?:=(\w+))?\}/.exec(path) ?? []
  if (place === undefined) return [{ row, path, collection: undefined }]
  return allCollections()
    .filter(({ name }) => only === undefined || only === name)
    .map((collection) => ({ row, collection, path: path.replace(place, collection.name) }))
}
