import type { ZodMiniType } from 'zod/mini'
import type { Access } from '../contract/access.ts'
import type { OwnPrefix } from './own-prefix.ts'
import type { z } from './schema.ts'

/** Handed in, so that the gate can read a collection's access without carrying zod. */
export type Zod = typeof z
export type Shape = Record<string, ZodMiniType>

/** Who may do what. `owner` is whoever made the item, and every admin. */
export interface CollectionAccess {
  list: Access
  get: Access
  create: Access
  update: Access | 'owner'
  delete: Access | 'owner'
}

/**
 * What an operation does to a collection; `replace` makes the item if there is none, `batch` is any of the changes, each
 * judged by itself.
 */
export type Action = keyof CollectionAccess | 'replace' | 'batch'

/** The acts of a batch. */
export const ACTS = ['create', 'update', 'delete'] as const
export type Act = (typeof ACTS)[number]

/**
 * Fields that the server sets, and no client can: the account's opaque id, when the item was made, when it
 * was last changed. Times are in UTC with milliseconds (RFC 3339).
 */
export type Stamp = 'owner' | 'createdAt' | 'updatedAt'

export interface Collection<shape extends Shape = Shape, field = string> {
  /** The path: `/api/<name>`. */
  name: string
  /**
   * The first part of every key; what follows it is the item's id. Ends in `:`. None begins as
   * another does, nor as Usher's own keys do.
   */
  prefix: `${string}:`
  access: CollectionAccess
  /** The fields of an item besides its id. What is not declared here never leaves the store. */
  fields: (z: Zod) => shape
  stamps?: readonly Stamp[]
  /** Fields that `director=…` and `year[gte]=…` ask for. */
  filter?: readonly field[]
  /** Fields of which no two items have the same value; many may have none. */
  unique?: readonly field[]
  /** Orders that `sort=` asks for, `-year,title`; each can be asked for backwards too. */
  sort?: readonly string[]
  /** Fields whose words `q=` finds by their beginnings. */
  search?: readonly (field | 'id')[]
  /**
   * How long an item that was read is fresh, in seconds; 0 if absent: it is read each time. Then it is
   * served for as long again while it is read anew. Isolates keep it so, and anyone may keep what
   * everybody may read.
   */
  cacheSeconds?: number
  /**
   * For how many seconds a session that was alive may read cached items before the store is asked again;
   * 0 if absent: every request asks. A logout can be this late for those reads.
   */
  livenessSeconds?: number
}

/** First segments below `/api/` that are not collections. */
export const RESERVED_NAMES = [
  'auth',
  'profile',
  'users',
  'keys',
  'events',
  'blocks',
  'metrics',
  'usage',
  'health',
  'graphql',
  'mcp',
  'openapi.json',
] as const

/** The variables in the paths of collections. Next puts them into queries, where they are no parameters. */
export const PATH_VARIABLES = ['collection', 'id'] as const

/** Query parameters of every list: no field of these names can be a filter. */
export const RESERVED_PARAMETERS = [
  'limit',
  'cursor',
  'sort',
  'q',
  'fields',
  'count',
  'include',
  ...PATH_VARIABLES,
] as const

type Unreserved<word, reserved extends readonly string[]> = word extends reserved[number]
  ? 'This name belongs to Usher'
  : word

type Filterable<shape> = Exclude<keyof shape & string, (typeof RESERVED_PARAMETERS)[number]>

/** Describes a collection of Redis hashes. A name or a prefix that Usher uses does not compile. */
export function defineCollection<
  shape extends Shape,
  const prefix extends `${string}:`,
  const name extends string,
>(
  collection: Collection<shape, Filterable<NoInfer<shape>>> & {
    prefix: OwnPrefix<prefix> & prefix
    name: Unreserved<name, typeof RESERVED_NAMES> & name
  },
): Collection<shape> & { name: name; prefix: prefix } {
  return collection
}
