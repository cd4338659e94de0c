import type { Collection } from '../collections/define.ts'
import { keys } from '../store/keys.ts'
import { type Order, ordersOf } from './order.ts'

/** Every index that a collection's items are in, with the order it keeps. */
export function indexesOf(collection: Collection): { key: string; order: Order }[] {
  return ordersOf(collection).map((order) => ({
    key: keys.index(collection.name, order.name),
    order,
  }))
}
