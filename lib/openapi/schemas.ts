import type { Collection } from '../collections/define.ts'
import { EVENT_TYPES } from '../store/event-types.ts'

/** A JSON Schema (2020-12), as OpenAPI 3.1 uses it. */
export type Schema = Record<string, unknown>

const text = (description: string, more: Schema = {}): Schema => ({
  type: 'string',
  description,
  ...more,
})
const instant = (description: string): Schema =>
  text(description, { format: 'date-time', examples: ['2026-01-31T12:00:00.000Z'] })
const whole = (description: string, more: Schema = {}): Schema => ({
  type: 'integer',
  minimum: 0,
  description,
  ...more,
})
const level = whole('0 is a user, 5 an editor, 9 an admin.', { maximum: 9, examples: [0] })
const plan = text('The name of the plan.', { maxLength: 32, examples: ['free'] })
const address = text('An address, in lower case.', { maxLength: 254, examples: ['me@home.org'] })

/** An object of these members, and no others. */
export function record(
  properties: Record<string, Schema>,
  optional: readonly string[] = [],
): Schema {
  const required = Object.keys(properties).filter((name) => !optional.includes(name))
  return { type: 'object', properties, required, additionalProperties: false }
}

export function orNull(schema: Schema): Schema {
  const { enum: words, type, anyOf } = schema
  // Without a type it is any value, or what its parts are.
  if (Array.isArray(anyOf)) return { ...schema, anyOf: [...anyOf, { type: 'null' }] }
  if (type === undefined) return schema
  const closed = Array.isArray(words) ? { enum: [...words, null] } : {}
  return { ...schema, type: [...new Set([type, 'null'].flat())], ...closed }
}

export function listOf(item: Schema, more: Record<string, Schema> = {}): Schema {
  const properties = {
    data: { type: 'array', items: item, maxItems: 1_000 },
    nextCursor: orNull(text('Send it as `cursor` for the next page; null after the last.')),
  }
  return record({ ...properties, ...more }, Object.keys(more))
}

export function ref(name: string): Schema {
  return { $ref: `#/components/schemas/${name}` }
}

export const KEY_ID = '^[0-9A-Za-z]{16}$'
const content = record({ user: address, level })
const key = {
  id: text('The id of the key.', { pattern: KEY_ID }),
  name: text('What its owner calls it.', { maxLength: 100 }),
  prefix: text('The beginning of the key.', { examples: ['usher_live_0123456789abcdef'] }),
  scopes: {
    type: 'array',
    maxItems: 32,
    items: text('A collection and an action.', {
      pattern: '^[^:]+:[a-z]+$',
    }),
  },
  limit: orNull(
    whole('Requests a minute: its own, or those of its owner’s plan; null without a limit.'),
  ),
}

const counts = {
  requests: whole('All requests.'),
  denied: whole('Those that a quota denied.'),
  errors: whole('Other answers of 400 and up.'),
}

const accountId = text('The opaque id of the account.', {
  pattern: '^u_[0-9A-Za-z]{16,64}$',
  examples: ['u_0123456789abcdefghij'],
})

const identity = record({
  id: text('The id of the identity.', { format: 'uuid' }),
  provider: text('The id of its provider.', { examples: ['github'] }),
  address: orNull(text('As the provider told it when it was joined.', { maxLength: 254 })),
  createdAt: instant('When it was joined to the account.'),
})

/** What operations answer; the bodies that they take are made from the schemas that check them. */
export const SCHEMAS: Record<string, Schema> = {
  Problem: {
    ...record(
      {
        type: text('Names the problem; a page explains it.', { examples: ['/problems/not-found'] }),
        title: text('The same for every occurrence.'),
        status: whole('The status of the answer.', { minimum: 400, maximum: 599 }),
        detail: text('What to do about this one.'),
        instance: text('The path of the request.'),
        requestId: text('Names the request; the log has it.'),
        errors: {
          type: 'array',
          maxItems: 20,
          items: record({
            pointer: text('Where: a JSON pointer (RFC 6901) as a URI fragment.'),
            message: text('What is wrong there.'),
          }),
        },
      },
      ['detail', 'errors'],
    ),
    description: 'RFC 9457.',
  },
  TokenResponse: record({
    message: { type: 'string', enum: ['Logged in', 'Token Refreshed'] },
    content,
    JWT: text('The access token (RFC 9068).'),
    refresh: text('Works once; the next one comes in the answer.'),
    tokenType: { type: 'string', enum: ['Bearer'] },
    expiresIn: whole('Seconds until the access token is over.'),
    refreshExpiresIn: whole('Seconds until the refresh token is over.'),
  }),
  Login: record({ message: { type: 'string', enum: ['Logged in'] }, content }),
  MailNotice: record({ message: text('The same, whether there is a mail or not.') }),
  Session: record({
    id: text('The id of the session.', { format: 'uuid' }),
    createdAt: instant('When it was signed in.'),
    lastSeenAt: instant('When its token was last rotated.'),
    userAgent: text('Of the device that signed in.'),
    ip: text('Of the device that signed in.'),
    current: { type: 'boolean', description: 'Whether this request came with it.' },
  }),
  WaysIn: record({
    data: {
      type: 'array',
      items: record({
        id: text('In the path of its sign-in.', { examples: ['github'] }),
        name: text('For people.', { examples: ['GitHub'] }),
      }),
    },
    password: { type: 'boolean', description: 'With an address and a password.' },
    passkeys: { type: 'boolean', description: 'Whether browsers make passkeys for this origin.' },
  }),
  Identity: identity,
  Profile: record(
    {
      id: accountId,
      user: address,
      level,
      plan,
      name: text('As set by the user.', { maxLength: 100 }),
      emailVerified: { type: 'boolean' },
      createdAt: orNull(instant('When the account was made.')),
    },
    ['name'],
  ),
  User: record(
    {
      id: orNull(accountId),
      user: address,
      level,
      plan,
      name: text('As set by the user.', { maxLength: 100 }),
      emailVerified: { type: 'boolean' },
      disabled: { type: 'boolean' },
      createdAt: orNull(instant('When the account was made.')),
    },
    ['name'],
  ),
  SecurityEvent: record(
    {
      id: text('Of the stream.'),
      type: text('What happened.', { enum: EVENT_TYPES, examples: ['signin.failed'] }),
      at: instant('When, by the clock of the store.'),
      user: text('The id of the account that it is about.'),
      by: text('The id of the admin who did it.'),
      session: text('The id of a session; with `session.ended` absent when all have ended.'),
      key: text('The id of an API key.'),
      passkey: text('The id of a passkey.'),
      level,
      plan,
      policy: text('The quota that was exceeded.'),
      provider: text('The id of the provider of an identity.'),
      identity: text('The id of an identity.'),
      operation: text('What was refused: method and template.'),
      block: text('The id of a block.'),
      address: text('What a block keeps out.'),
      ip: text('Of the client.'),
      requestId: text('Of the request.'),
    },
    [
      ...[
        'user',
        'by',
        'session',
        'key',
        'passkey',
        'level',
        'plan',
        'policy',
        'operation',
        'block',
        'address',
      ],
      ...['provider', 'identity', 'ip', 'requestId'],
    ],
  ),
  UsageRow: record(
    {
      time: text('The day, or the beginning of the hour, UTC.', {
        examples: ['2026-11-26', '2026-11-26T14:00:00Z'],
      }),
      ...counts,
      operation: text('Method and template.', { examples: ['GET /api/profile'] }),
      key: text('The id of an API key; absent for sessions.', { pattern: KEY_ID }),
    },
    ['operation', 'key'],
  ),
  Usage: record({
    data: {
      type: 'array',
      maxItems: 100_000,
      items: ref('UsageRow'),
    },
    total: record(counts),
    month: record({
      used: whole('Requests of this month that count.'),
      limit: orNull(whole('How many the plan has a month; null without a limit.')),
    }),
  }),
  TopUsage: record({
    data: {
      type: 'array',
      items: record({ user: record({ id: accountId, user: address, plan }), ...counts }),
    },
  }),
  Block: record(
    {
      id: text('Of the block.', { format: 'uuid' }),
      address: text('An address or a network.', { examples: ['192.0.2.0/24', '2001:db8::/64'] }),
      user: address,
      key: text('The id of an API key.', { pattern: KEY_ID }),
      reason: text('Why, for other admins.', { maxLength: 200 }),
      by: text('The id of the admin who made it.'),
      createdAt: instant('When it was made.'),
      until: orNull(instant('When it ends by itself.')),
    },
    ['address', 'user', 'key', 'by'],
  ),
  AccountExport: record({
    account: ref('User'),
    sessions: {
      type: 'array',
      items: record({
        id: text('The id of the session.', { format: 'uuid' }),
        createdAt: instant('When it was signed in.'),
        lastSeenAt: instant('When its token was last rotated.'),
        userAgent: text('Of the device that signed in.'),
        ip: text('Of the device that signed in.'),
      }),
    },
    keys: { type: 'array', items: ref('ApiKey') },
    identities: { type: 'array', items: ref('Identity') },
    items: {
      type: 'object',
      description: 'What belongs to the account, by collection, as the collection shows it.',
      additionalProperties: { type: 'array', items: { type: 'object' } },
    },
    networks: {
      type: 'array',
      description:
        'Networks that the account is known to sign in from: a keyed hash is kept of each.',
      items: record({ signedInAt: instant('When it signed in from there last.') }),
    },
    usage: {
      type: 'array',
      description:
        'By day: all of it, and of each operation and API key. Hours are at `/api/usage`.',
      items: ref('UsageRow'),
    },
    events: {
      type: 'array',
      description: 'What is in the security events about the account, newest first.',
      items: ref('SecurityEvent'),
    },
    passkeys: { type: 'array', items: ref('Passkey') },
    totp: {
      ...record({ createdAt: instant('When it was turned on.') }),
      type: ['object', 'null'],
      description: 'Null where a sign-in wants no code.',
    },
  }),
  Passkey: record({
    id: text('The id of the passkey.', { format: 'uuid' }),
    name: text('What its owner calls it.', { maxLength: 100 }),
    createdAt: instant('When it was added.'),
    lastUsedAt: orNull(instant('When it was used last.')),
    backedUp: { type: 'boolean', description: 'Whether its authenticator has a copy elsewhere.' },
  }),
  PasskeyOptions: record({
    challenge: text('Good for one assertion, for five minutes.'),
    rpId: text('The host of the origin.'),
    timeout: whole('Milliseconds.'),
    allowCredentials: { type: 'array', maxItems: 0, items: { type: 'object' } },
    userVerification: { type: 'string', enum: ['required'] },
  }),
  NewPasskeyOptions: record({
    rp: record({ id: text('The host of the origin.'), name: text('What the service is called.') }),
    user: record({
      id: text('The user handle: random, and the same for all passkeys of the account.'),
      name: address,
      displayName: text('The name of the account, or its address.'),
    }),
    challenge: text('Good for one passkey of this account, for five minutes.'),
    pubKeyCredParams: {
      type: 'array',
      items: record({
        type: { type: 'string', enum: ['public-key'] },
        alg: { type: 'integer', enum: [-8, -7, -257] },
      }),
    },
    timeout: whole('Milliseconds.'),
    excludeCredentials: {
      type: 'array',
      items: record(
        {
          id: text('Of a credential that the account has.'),
          type: { type: 'string', enum: ['public-key'] },
          transports: { type: 'array', items: text('How a browser reaches it.') },
        },
        ['transports'],
      ),
    },
    authenticatorSelection: record({
      residentKey: { type: 'string', enum: ['required'] },
      requireResidentKey: { type: 'boolean', enum: [true] },
      userVerification: { type: 'string', enum: ['required'] },
    }),
    attestation: { type: 'string', enum: ['none'] },
    extensions: record({ credProps: { type: 'boolean', enum: [true] } }),
  }),
  NewTotp: record({
    secret: text('For an authenticator app, in base32. It is shown this once.', {
      pattern: '^[A-Z2-7]{32}$',
    }),
    uri: text('The same as an address, for a QR code.', { pattern: '^otpauth://totp/' }),
  }),
  RecoveryCodes: record({
    recoveryCodes: {
      type: 'array',
      minItems: 10,
      maxItems: 10,
      items: text('Stands for a code, once. It is shown this once.', {
        pattern: '^[a-z2-7]{4}(-[a-z2-7]{4}){3}$',
      }),
    },
  }),
  ApiKey: record({
    ...key,
    createdAt: instant('When it was made.'),
    expiresAt: orNull(instant('When it ends.')),
    lastUsedAt: orNull(instant('When it was used last, to the minute.')),
  }),
  NewApiKey: record({
    ...key,
    key: text('The key. It is shown this once.', {
      pattern: '^usher_(live|test)_[0-9A-Za-z]{16}_[0-9A-Za-z]{38}$',
    }),
    expiresAt: orNull(instant('When it ends.')),
  }),
  PasswordHash: record({ password: text('A bcrypt hash.', { maxLength: 60 }) }),
  Metrics: { type: 'string', description: 'The text format of Prometheus, version 0.0.4.' },
  Jwks: record({
    keys: {
      type: 'array',
      maxItems: 16,
      items: { type: 'object', description: 'A public key (RFC 7517).' },
    },
  }),
  Health: record({ status: { type: 'string', enum: ['ok'] } }),
  Readiness: record({
    status: {
      type: 'string',
      enum: ['ok', 'degraded'],
      description: '`degraded` serves; the log says what is wrong.',
    },
  }),
  GraphAnswer: {
    type: 'object',
    description: 'What was asked for, and what failed of it (GraphQL).',
    properties: {
      data: { type: ['object', 'null'] },
      errors: { type: 'array', items: { type: 'object' }, maxItems: 1_000 },
      extensions: { type: 'object', description: '`cost`: the items and lists that it reads.' },
    },
  },
  GraphSchema: text('The schema, in its own language (SDL).'),
  McpMessage: {
    type: 'object',
    description: 'A message of JSON-RPC 2.0.',
    properties: {
      jsonrpc: { type: 'string', enum: ['2.0'] },
      id: { type: ['string', 'integer', 'null'] },
      result: { type: 'object' },
      error: { type: 'object' },
    },
    required: ['jsonrpc', 'id'],
  },
  OpenApi: { type: 'object', description: 'This document.' },
}

/** What an item of a collection is called in the document: its prefix as a name. */
export function nameOf({ name }: Collection): string {
  const single = name.replace(/s$/, '')
  const title = `${single.charAt(0).toUpperCase()}${single.slice(1)}`
  return title in SCHEMAS ? `${title}Item` : title
}

/** An item's id, as it is stored. */
export const ID: Schema = text('The key without its prefix.', { minLength: 1 })

/**
 * An id that a client may send.
 *
 * @param keyBeginning What an id cannot begin with.
 */
export function sentId(keyBeginning?: string): Schema {
  const refused = ['^\\.\\.?$', '\ufffd', ...(keyBeginning ? [`^${literal(keyBeginning)}`] : [])]
  return { ...ID, maxLength: 256, not: { pattern: refused.join('|') } }
}

/** A text as a pattern that it alone matches. */
export function literal(text: string): string {
  return text.replace(/[.*+?^${}()|[\]\\/]/g, '\\$&')
}

/** An answer has no longer strings than a body. */
const LONGEST = 65_536

/**
 * States the bounds that everything has: of strings, integers and lists.
 *
 * @param longest Of a string that has no bound of its own.
 */
export function bounded<value>(value: value, longest = LONGEST): value {
  return bind(value, longest) as value
}

function bind(value: unknown, longest: number): unknown {
  if (Array.isArray(value)) return value.map((each) => bind(each, longest))
  if (typeof value !== 'object' || value === null) return value
  const schema = Object.fromEntries(
    Object.entries(value).map(([name, each]) => [name, bind(each, longest)]),
  )
  const types = [schema['type']].flat()
  if (types.includes('string') && !('in' in schema)) {
    const closed = 'enum' in schema || 'const' in schema || 'maxLength' in schema
    if (!closed) schema['maxLength'] = longest
  }
  if (types.includes('integer')) {
    schema['format'] ??= 'int64'
    schema['minimum'] ??= Number.MIN_SAFE_INTEGER
    schema['maximum'] ??= Number.MAX_SAFE_INTEGER
  }
  if (types.includes('array')) schema['maxItems'] ??= 100
  return schema
}
