/**
 * The key table: every key Usher writes, its type and when it goes away.
 *
 * | key | type | expires |
 * |---|---|---|
 * | `user:<id>` | hash | never: an account is data |
 * | `session:<sid>` | hash | at the session's absolute end; a day after it is revoked |
 * | `sessions:<id>` | sorted set of `sid`, score = idle end in ms | with its last session |
 * | `key:<id>` | hash: an API key's record, SHA-256 of the key and no key | with the key, if it expires |
 * | `keys:<user id>` | sorted set of key ids, score = the key's end in ms | never: as long as one does not expire |
 * | `once:<SHA-256 of a one-time token>` | hash `{kind, uid}` | with the token |
 * | `device:<HMAC of account and client address>` | string | 90 days after it last signed in |
 * | `events` | stream of security events | never; capped |
 * | `events:<kind>:<whose>` | sorted set of ids in `events`, score = when; `whose` is `users`, `strangers`, `user:<id>` or `from:<client address>` | never, capped; of one user or address a week after its last |
 * | `blocks` | hash of lines by id: what admins keep out | never; what is over goes with the next that is made |
 * | `metrics` | hash of counters | never: fields are bounded by operations and statuses |
 * | `probe` | string | after a second: readiness writes it |
 * | `limit:<policy>:<partition>:<window>` | string | with its window |
 * | `<collection prefix><item id>` | hash | never: an item is data |
 * | `index:<collection>:<order>` | sorted set, all scores 0 | never: kept by the writers, healed |
 * | `words:<collection>` | sorted set of words and ids, all scores 0 | as the above |
 * | `healer` | string: who heals the indexes | after half a minute without a step |
 * | `healed` | hash `{at, cursor}` | never: when the last healing ended, where the next goes on |
 * | `idempotency:<SHA-256 of who, where and the client's key>` | string | after a day |
 */
export const keys = {
  user: (userId: string): string => `user:${userId}`,
  session: (sessionId: string): string => `session:${sessionId}`,
  sessionsOf: (userId: string): string => `sessions:${userId}`,
  apiKey: (id: string): string => `key:${id}`,
  apiKeysOf: (userId: string): string => `keys:${userId}`,
  once: (tokenHash: string): string => `once:${tokenHash}`,
  /** Marks an address from which an account has signed in. */
  device: (hash: string): string => `device:${hash}`,
  events: 'events',
  eventIds: (type: string, whose: string): string => `events:${type}:${whose}`,
  blocks: 'blocks',
  metrics: 'metrics',
  probe: 'probe',
  /** The limiter's library appends `:<partition>:<window number>`. */
  limit: (policy: string): string => `limit:${policy}`,
  limitWindow: (policy: string, partition: string, windowNumber: number): string =>
    `limit:${policy}:${partition}:${windowNumber}`,
  /** A pattern for SCAN. */
  under: (prefix: string): string => `${prefix.replace(/[\\*?[\]]/g, '\\$&')}*`,
  item: (prefix: string, itemId: string): string => `${prefix}${itemId}`,
  /** `order` is `id`, or the name of an order. */
  index: (collection: string, order: string): string => `index:${collection}:${order}`,
  words: (collection: string): string => `words:${collection}`,
  healer: 'healer',
  healed: 'healed',
  idempotency: (hash: string): string => `idempotency:${hash}`,
} as const

/** First words of keys that no collection may use as its prefix. */
export const RESERVED_PREFIXES = [
  'user:',
  'session:',
  'sessions:',
  'key:',
  'keys:',
  'once:',
  'device:',
  'events:',
  'limit:',
  'index:',
  'words:',
  'idempotency:',
] as const
