import type { ZodMiniType } from 'zod/mini'
import type { Access } from '../auth/levels.ts'
import type { RESERVED_PREFIXES } from '../store/keys.ts'
import type { z } from './schema.ts'

/** Handed in, so that the gate can read a collection's access without carrying zod. */
export type Zod = typeof z
export type Shape = Record<string, ZodMiniType>

export interface Collection<shape extends Shape = Shape> {
  /** The first part of every key; what follows it is the item's id. Ends in `:`. */
  prefix: `${string}:`
  access: { list: Access; get: Access }
  /** The fields of an item besides its id. What is not declared here never leaves the store. */
  fields: (z: Zod) => shape
}

type Unreserved<prefix> = prefix extends (typeof RESERVED_PREFIXES)[number]
  ? 'This prefix belongs to Usher'
  : prefix

/** Describes a collection of Redis hashes. A prefix that Usher uses itself does not compile. */
export function defineCollection<shape extends Shape, const prefix extends `${string}:`>(
  collection: Collection<shape> & { prefix: Unreserved<prefix> & prefix },
): Collection<shape> {
  return collection
}
