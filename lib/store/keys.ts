/**
 * The key table: every key Usher writes, its type and when it goes away.
 *
 * | key | type | expires |
 * |---|---|---|
 * | `user:<address>` | hash | never: an account is data |
 * | `accounts` | sorted set of addresses, all scores 0 | never: kept by the writers, healed |
 * | `admins` | set of addresses | never: as the above |
 * | `accounts:healer` | string: who heals them | after half a minute without a step |
 * | `accounts:healed` | string: when the last healing ended | never |
 * | `uid:<account id>` | string: the address | never: goes with the account |
 * | `totp:<account id>` | hash: a secret that waits, or the last step and hashes of recovery codes | ten minutes while it waits, then never: goes with TOTP |
 * | `passkeys:<account id>` | hash of JSON by passkey id | never: goes with the account |
 * | `passkey:<SHA-256 of the credential's id>` | hash `{uid, user, id, handle, key}` | as the above |
 * | `challenge:<SHA-256 of the challenge>` | string: what it is for | after five minutes, or its use |
 * | `session:<sid>` | hash | at the session's absolute end; a day after it is revoked |
 * | `sessions:<address>` | sorted set of `sid`, score = idle end in ms | with its last session |
 * | `key:<id>` | hash: an API key's record, SHA-256 of the key and no key | with the key, if it expires |
 * | `keys:<address>` | sorted set of key ids, score = the key's end in ms | never: as long as one does not expire |
 * | `identity:<provider>:<hash of issuer and subject>` | hash `{uid, user, id}`: whose it is | never: goes with the account |
 * | `identities:<account id>` | hash: an identity's id → JSON `{createdAt, provider, hash, address}` | as the above |
 * | `once:<SHA-256 of a one-time token>` | hash `{kind, uid}` | with the token |
 * | `registration:<SHA-256 of its token>` | hash `{user, password?}` | after a day |
 * | `registrations:<address>` | set of the hashes above | a day after the last |
 * | `devices:<address>` | sorted set of HMACs of networks, score = last sign-in in ms | 90 days after the last |
 * | `events` | stream of security events | never; capped |
 * | `events:<kind>:<users or strangers>:ids` | sorted set of owners and ids in `events`, all scores 0 | never; capped |
 * | `events:<kind>:<users or strangers>:counts` | sorted set of owners, score = how many of the above | as the above |
 * | `blocks` | hash of lines by id: what admins keep out | never; what is over goes with the next that is made |
 * | `metrics` | hash of counters | never: fields are bounded by operations and statuses |
 * | `probe` | string | after a second: readiness writes it |
 * | `limit:<policy>:<partition>:<window>` | string | with its window |
 * | `limit:told:<isolate>` | string: the number of its last telling | twenty minutes after it |
 * | `usage:<account id>:<day>` | hash of counters: `<hour> <kind> <operation or key>` | 400 days after the day |
 * | `usage:<account id>:<month>` | hash of counters: `<day> <kind> <operation or key>` | 400 days after its last day |
 * | `usage:<account id>:made-up` | string: the demo's usage is made up | after 400 days |
 * | `usage:top:<day>` | sorted set of account ids, score = requests | 400 days after the day; a thousand after two days |
 * | `usage:gone` | sorted set of ids of deleted accounts, score = when in ms | two days after the last |
 * | `<collection prefix><item id>` | hash | never: an item is data |
 * | `index:<collection>:<order>` | sorted set, all scores 0 | never: kept by the writers, healed |
 * | `index:<collection>:<field>[ci]` | the same of a filtered text, without case | as the above |
 * | `words:<collection>` | sorted set of words and ids, all scores 0 | as the above |
 * | `indexed:<collection>` | hash: an index's key → `<fingerprint of its declaration>:<epoch ms>:<whole, building or stale>` | never: what the above are worth |
 * | `healer` | string: who heals the indexes | after half a minute without a step |
 * | `healed` | hash `{at, took, keys, idle}` of the last healing; `{began, version, cursor}` of one that was cut off | never |
 * | `idempotency:<SHA-256 of who, where and the client's key>` | string | after a day |
 * | `usher:restore` | string: the digest of a backup's file, and how far it is restored | when it is restored to its end |
 */
export const keys = {
  user: (userId: string): string => `user:${userId}`,
  totp: (accountId: string): string => `totp:${accountId}`,
  passkeysOf: (accountId: string): string => `passkeys:${accountId}`,
  /** By the hash of the credential's id. */
  passkey: (hash: string): string => `passkey:${hash}`,
  challenge: (hash: string): string => `challenge:${hash}`,
  session: (sessionId: string): string => `session:${sessionId}`,
  sessionsOf: (userId: string): string => `sessions:${userId}`,
  apiKey: (id: string): string => `key:${id}`,
  apiKeysOf: (userId: string): string => `keys:${userId}`,
  /** `hash` is of issuer and subject. */
  identity: (provider: string, hash: string): string => `identity:${provider}:${hash}`,
  /** The beginning of all of them. */
  identities: 'identity:',
  identitiesOf: (accountId: string): string => `identities:${accountId}`,
  once: (tokenHash: string): string => `once:${tokenHash}`,
  accounts: 'accounts',
  admins: 'admins',
  accountsHealer: 'accounts:healer',
  accountsHealed: 'accounts:healed',
  /** The way back from an account's id to its address. */
  accountId: (accountId: string): string => `uid:${accountId}`,
  registration: (tokenHash: string): string => `registration:${tokenHash}`,
  registrationsOf: (userId: string): string => `registrations:${userId}`,
  /** The networks from which an account has signed in. */
  devicesOf: (userId: string): string => `devices:${userId}`,
  events: 'events',
  eventIds: (type: string, whose: string): string => `events:${type}:${whose}:ids`,
  eventCounts: (type: string, whose: string): string => `events:${type}:${whose}:counts`,
  blocks: 'blocks',
  metrics: 'metrics',
  probe: 'probe',
  /** The limiter's library appends `:<partition>:<window number>`. */
  limit: (policy: string): string => `limit:${policy}`,
  limitWindow: (policy: string, partition: string, window: number | string): string =>
    `limit:${policy}:${partition}:${window}`,
  limitTold: (isolate: string): string => `limit:told:${isolate}`,
  /** `period` is a day, with counts by hour, or a month, with counts by day. */
  usage: (accountId: string, period: string): string => `usage:${accountId}:${period}`,
  usageTop: (day: string): string => `usage:top:${day}`,
  usageGone: 'usage:gone',
  /** A pattern for SCAN. */
  under: (prefix: string): string => `${prefix.replace(/[\\*?[\]]/g, '\\$&')}*`,
  item: (prefix: string, itemId: string): string => `${prefix}${itemId}`,
  /** `order` is `id`, or the name of an order. */
  index: (collection: string, order: string): string => `index:${collection}:${order}`,
  words: (collection: string): string => `words:${collection}`,
  indexed: (collection: string): string => `indexed:${collection}`,
  healer: 'healer',
  healed: 'healed',
  idempotency: (hash: string): string => `idempotency:${hash}`,
  /** Of operators' commands: how far a backup is restored. */
  restore: 'usher:restore',
} as const

/** Beginnings of keys that no item's key may have: they are Usher's own. */
export const RESERVED_PREFIXES = [
  'usher:',
  'user:',
  'uid:',
  'registration:',
  'session:',
  'sessions:',
  'key:',
  'keys:',
  'once:',
  'accounts:',
  'admins:',
  'registrations:',
  'devices:',
  'device:',
  'identity:',
  'identities:',
  'passkey:',
  'passkeys:',
  'challenge:',
  'totp:',
  'events:',
  'probe:',
  'limit:',
  'block:',
  'blocks:',
  'metrics:',
  'usage:',
  'index:',
  'indexed:',
  'words:',
  'unique:',
  'healer:',
  'healed:',
  'idempotency:',
] as const
