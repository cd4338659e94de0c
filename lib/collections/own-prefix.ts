import type { RESERVED_PREFIXES } from '../store/keys.ts'

type Reserved = (typeof RESERVED_PREFIXES)[number]

/** A prefix, unless a key could be an item's and one of Usher's own. */
export type OwnPrefix<prefix extends string> = prefix extends `${Reserved}${string}`
  ? 'Keys that begin so belong to Usher'
  : [Extract<Reserved, `${prefix}${string}`>] extends [never]
    ? prefix
    : 'Keys that begin so belong to Usher'
