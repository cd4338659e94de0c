import { allScopes } from '../auth/api-keys/create-key.ts'
import { LONGEST_PASSWORD_BYTES, SHORTEST_PASSWORD_CHARACTERS } from '../auth/passwords/password.ts'
import type { OperationId } from '../contract/operations.ts'
import { allCollections } from '../items/registry.ts'
import type { Schema } from './schemas.ts'

/**
 * What the document says of the members of bodies, besides what their checks say. A member that is
 * not here has its check's schema alone.
 */

/** Members with two names, by the one that the document leaves out. */
export const OTHER_NAMES: Readonly<Record<string, string>> = {
  email: 'user',
  refreshToken: 'refresh',
}

const address: Schema = {
  description: 'The address of an account; `email` is another name of it.',
  maxLength: 254,
  examples: ['me@home.org'],
}
const ATOM = "[A-Za-z0-9#$&'+/=^_`|~-]+"
const mailAddress: Schema = {
  description: 'An address that mail can be sent to; a domain of other letters as its A-labels.',
  format: 'email',
  maxLength: 254,
  pattern: `^${ATOM}(\\.${ATOM})*@([A-Za-z0-9]([A-Za-z0-9-]{0,61}[A-Za-z0-9])?\\.)+[A-Za-z]{2,63}$`,
  not: { pattern: '^[^@]{65}' },
  examples: ['new@home.org'],
}
const newPassword: Schema = {
  description: `${SHORTEST_PASSWORD_CHARACTERS} characters at least, unless the service asks for more, and ${LONGEST_PASSWORD_BYTES} bytes of UTF-8 at most; no common password, and not made of the address or the service's name.`,
  format: 'password',
  minLength: SHORTEST_PASSWORD_CHARACTERS,
  maxLength: LONGEST_PASSWORD_BYTES,
  // A character that is not of ASCII has four bytes at most.
  pattern: `^([ -~]{${SHORTEST_PASSWORD_CHARACTERS},${LONGEST_PASSWORD_BYTES}}|.{${SHORTEST_PASSWORD_CHARACTERS},${LONGEST_PASSWORD_BYTES / 4}})$`,
  examples: ['a long enough one'],
}

const currentPassword: Schema = { description: 'Your password.', format: 'password' }

/** By name, in whichever body. */
const MEMBERS: Readonly<Record<string, Schema>> = {
  user: address,
  refresh: { description: 'The newest refresh token; `refreshToken` is another name of it.' },
  password: { format: 'password' },
  current: {
    description: 'Your password, where the sign-in is not fresh.',
    format: 'password',
  },
  credential: { description: 'What the browser answers, as its `toJSON` writes it.' },
  code: {
    description: 'Of the authenticator app, or a recovery code.',
    examples: ['287082', 'abcd-efgh-ijkl-mnop'],
  },
  token: { description: 'Of the newest mail.' },
  endKeys: { description: 'Ends every API key of the account too.' },
  overlap: { description: 'Seconds.' },
  expiresIn: { description: 'Seconds until it ends; absent: it does not.' },
  limit: { description: 'Requests a minute: as many as the plan has at most.' },
  scopes: {
    description: 'What it opens: `read` is list and get, `write` is all that changes.',
    items: oneOf(allScopes(allCollections().map(({ name }) => name))),
  },
}

/** Where a name means something else. */
const OWN_MEMBERS: { readonly [id in OperationId]?: Readonly<Record<string, Schema>> } = {
  register: { user: mailAddress, password: newPassword },
  verifyEmail: {
    password: {
      ...newPassword,
      description: `For a link that was asked for again. ${newPassword['description']}`,
    },
  },
  generatePassword: { password: newPassword },
  freshenSignIn: { current: currentPassword },
  startTotp: { current: currentPassword },
  changePassword: { current: currentPassword, password: newPassword },
  resetPassword: { password: newPassword },
  changeProfile: { name: { description: 'Empty takes it away.', examples: ['Ada Lovelace'] } },
  createPasskey: { name: { description: 'To tell it from others.', examples: ['My phone'] } },
  createKey: { name: { description: 'To tell it from others.', examples: ['Nightly import'] } },
  createBlock: {
    address: {
      description: 'An address, or a network.',
      pattern: '^[0-9a-fA-F:.]{2,45}(/[0-9]{1,3})?$',
      examples: ['192.0.2.0/24', '2001:db8::7'],
    },
    user: { description: 'An account: its id or its address.', examples: ['me@home.org'] },
    key: {
      description: 'The id of an API key.',
      pattern: '^[0-9A-Za-z]{16}$',
      examples: ['0123456789abcdef'],
    },
    reason: { description: 'For other admins.', examples: ['Guesses passwords'] },
    until: {
      description: 'Absent: until an admin ends it.',
      format: 'date-time',
      examples: ['2999-12-31T00:00:00Z'],
    },
  },
}

/** Parameters of queries, by name. */
const PARAMETERS: Readonly<Record<string, Schema>> = {
  limit: { description: 'How many.', type: 'integer', minimum: 1, maximum: 100, default: 50 },
  cursor: {
    description: 'The `nextCursor` of the page before, of this very list.',
    type: 'string',
    maxLength: 6_000,
    pattern: '^[A-Za-z0-9_.-]+$',
  },
}

const day = (description: string): Schema => ({
  description,
  type: 'string',
  format: 'date',
  examples: ['2026-11-26'],
})

const usage: Readonly<Record<string, Schema>> = {
  from: day(
    'The first day, UTC. Absent: of 30 days, by hour of 8. A question is about 92 days at most, by hour about 8.',
  ),
  to: day('The last day, UTC; today if absent.'),
  by: { description: 'A row a day, or a row an hour.' },
  split: { description: 'A row for each operation, or for each API key and for all sessions.' },
}

const OWN_PARAMETERS: { readonly [id in OperationId]?: Readonly<Record<string, Schema>> } = {
  queryGraph: {
    query: { description: 'The document.', examples: ['{ __typename }'] },
    variables: { description: 'Its variables, as JSON.', examples: ['{}'] },
    operationName: { description: 'Which of its operations.' },
    extensions: { description: 'Of the protocol: none is known here.', examples: ['{}'] },
  },
  readUsage: usage,
  readUserUsage: usage,
  topUsage: { date: day('Of which day, UTC; today if absent.') },
  startOAuth: {
    returnTo: {
      description: 'Where to go then: a path of this origin.',
      pattern: '^/([^/\\\\].*)?$',
      examples: ['/account'],
    },
    link: { description: 'Adds the identity to the account of this session.' },
  },
  listEvents: {
    type: { description: 'Events of this kind.' },
    user: { description: 'Events about this account: its id or its address.' },
  },
}

/** What is said of a parameter of an operation's query. */
export function parameterText(id: OperationId, name: string): Schema {
  return OWN_PARAMETERS[id]?.[name] ?? PARAMETERS[name] ?? {}
}

/** What holds across members, which a check says as code. */
const RULES: { readonly [id in OperationId]?: Schema } = {
  // It takes anything, and reads this.
  logout: {
    properties: { refresh: { type: 'string', ...MEMBERS['refresh'] } },
    additionalProperties: false,
  },
  freshenSignIn: { oneOf: ['current', 'credential'].map((name) => ({ required: [name] })) },
  runGraph: {
    properties: {
      query: { type: 'string', description: 'The document.', examples: ['{ __typename }'] },
      variables: { type: ['object', 'null'], description: 'Its variables, by name.' },
      operationName: { type: ['string', 'null'], description: 'Which of its operations.' },
    },
    required: ['query'],
  },
  callTools: {
    properties: {
      jsonrpc: { type: 'string', enum: ['2.0'] },
      id: { type: ['string', 'integer'], description: 'Absent: a notification.' },
      method: { type: 'string', examples: ['tools/list'] },
      params: { type: 'object' },
    },
    required: ['jsonrpc', 'method'],
  },
  changeUser: { minProperties: 1 },
  createBlock: { oneOf: ['address', 'user', 'key'].map((name) => ({ required: [name] })) },
}

/** What is said of a member of an operation's body. */
export function memberText(id: OperationId, name: string): Schema {
  return OWN_MEMBERS[id]?.[name] ?? MEMBERS[name] ?? {}
}

/** What holds for the whole body of an operation. */
export function bodyRules(id: OperationId): Schema {
  return RULES[id] ?? {}
}

/** Any of these words; nothing where there are none, since an `enum` has one at least. */
function oneOf(words: readonly string[]): Schema {
  return words.length === 0 ? { not: {} } : { type: 'string', enum: words }
}
