import type { ZodMiniType } from 'zod/mini'
import { toJSONSchema } from 'zod/v4/core'
import { resendInput, verifyInput } from '../auth/accounts/email.ts'
import { changeProfileInput } from '../auth/accounts/profile.ts'
import { registerInput } from '../auth/accounts/register.ts'
import { changeUserInput } from '../auth/accounts/users.ts'
import { allScopes, createKeyInput, rollKeyInput } from '../auth/api-keys/api-keys.ts'
import { createBlockInput } from '../auth/operators/blocks.ts'
import { changePasswordInput } from '../auth/passwords/change-password.ts'
import { forgotInput } from '../auth/passwords/forgot-password.ts'
import { generatePasswordInput } from '../auth/passwords/generate-password.ts'
import { LONGEST_PASSWORD_BYTES, SHORTEST_PASSWORD_CHARACTERS } from '../auth/passwords/password.ts'
import { resetInput } from '../auth/passwords/reset-password.ts'
import { refreshInput } from '../auth/sessions/refresh.ts'
import { signInInput } from '../auth/sessions/sign-in.ts'
import type { Collection } from '../collections/define.ts'
import type { Operation, OperationId } from '../contract/operations.ts'
import { readerOf } from '../items/item.ts'
import { allCollections } from '../items/registry.ts'
import { POLICIES } from '../rate-limit/policies.ts'
import { bounded, ID, nameOf, orNull, ref, type Schema, sentId } from './schemas.ts'

/** So many characters of any kind fit into a body. */
const LONGEST_SENT = 16_000

const user: Schema = {
  description: 'The address of an account; `email` is another name of it.',
  maxLength: 254,
  examples: ['me@home.org'],
}
const refresh: Schema = {
  description: 'The newest refresh token; `refreshToken` is another name of it.',
}
const password: Schema = { format: 'password' }
const token: Schema = { description: 'Of the newest mail.' }
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

/** What each operation takes; what those of collections take is made of their fields. */
const BODIES: Partial<Record<OperationId, Schema>> = {
  signIn: body(signInInput, { user, password }),
  login: body(signInInput, { user, password }),
  refresh: body(refreshInput, { refresh }),
  logout: body(refreshInput, { refresh }, []),
  register: body(registerInput, { user: mailAddress, password: newPassword }),
  verifyEmail: body(
    verifyInput,
    {
      token,
      password: {
        ...newPassword,
        description: `For a link that was asked for again. ${newPassword['description']}`,
      },
    },
    ['token'],
  ),
  resendVerification: body(resendInput, { user }, []),
  generatePassword: body(generatePasswordInput, { password: newPassword }),
  changePassword: body(
    changePasswordInput,
    {
      current: password,
      password: newPassword,
      endKeys: { description: 'Ends every API key of the account too.' },
    },
    ['current', 'password'],
  ),
  forgotPassword: body(forgotInput, { user }),
  resetPassword: body(resetInput, { token, password: newPassword }),
  changeProfile: body(changeProfileInput, {
    name: { description: 'Empty takes it away.', examples: ['Ada Lovelace'] },
  }),
  changeUser: { ...body(changeUserInput, { level: {}, disabled: {} }, []), minProperties: 1 },
  createBlock: {
    ...body(
      createBlockInput,
      {
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
      ['reason'],
    ),
    oneOf: ['address', 'user', 'key'].map((name) => ({ required: [name] })),
  },
  createKey: body(
    createKeyInput,
    {
      name: { description: 'To tell it from others.', examples: ['Nightly import'] },
      scopes: {
        description: 'What it opens: `read` is list and get, `write` is all that changes.',
        items: oneOf(allScopes(allCollections().map(({ name }) => name))),
      },
      expiresIn: { description: 'Seconds until it ends; absent: it does not.' },
      limit: { description: 'Requests a minute.', maximum: POLICIES.key.limit },
    },
    ['name', 'scopes'],
  ),
  rollKey: body(rollKeyInput, { overlap: { description: 'Seconds.' } }, []),
}

/** Any of these words; nothing where there are none, since an `enum` has one at least. */
function oneOf(words: readonly string[]): Schema {
  return words.length === 0 ? { not: {} } : { type: 'string', enum: words }
}

/** The body of an operation; undefined where it takes none. */
export function bodyOf(
  id: OperationId,
  row: Operation,
  collection: Collection | undefined,
): Schema | undefined {
  if (row.body === 'none') return undefined
  const required = row.body === 'json'
  if (collection !== undefined) {
    const schema = ref(BODY_NAMES[id]?.(nameOf(collection)) ?? '')
    const content: Record<string, Schema> = { 'application/json': { schema } }
    if (id === 'patchItem') content['application/merge-patch+json'] = { schema }
    return { required, content }
  }
  const schema = BODIES[id]
  if (schema === undefined) throw new TypeError(`no body of ${id}`)
  return { required, content: { 'application/json': { schema } } }
}

const BODY_NAMES: Partial<Record<OperationId, (item: string) => string>> = {
  createItem: (item) => `New${item}`,
  replaceItem: (item) => `${item}Fields`,
  patchItem: (item) => `${item}Patch`,
}

/**
 * The schema of a body, from the one that checks it.
 *
 * @param shown Its members with what is said of each; other names of a member are left out.
 * @param required Those that must be there, if not all.
 */
function body(
  check: ZodMiniType,
  shown: Record<string, Schema>,
  required: readonly string[] = Object.keys(shown),
): Schema {
  const { properties, ...schema } = toSchema(check)
  const members = Object.entries(shown).map(([name, more]) => [
    name,
    { ...Object(properties)[name], ...more },
  ])
  return bounded(
    {
      ...schema,
      properties: Object.fromEntries(members),
      ...(required.length === 0 ? {} : { required }),
    },
    LONGEST_SENT,
  )
}

/** What clients read and write of a collection. */
export function collectionSchemas(collection: Collection): Record<string, Schema> {
  const name = nameOf(collection)
  const item = itemSchema(collection)
  const fields = bounded(fieldsSchema(collection), LONGEST_SENT)
  const { properties, required, minProperties } = fields
  const withId = { id: sentId(collection.prefix), ...Object(properties) }
  return {
    [name]: item,
    [`${name}View`]: { ...item, required: ['id'] },
    [`New${name}`]: {
      ...fields,
      properties: withId,
      // An id alone is no item.
      ...(minProperties === undefined ? {} : { dependentSchemas: { id: { minProperties: 2 } } }),
    },
    [`${name}Fields`]: fields,
    [`${name}Patch`]: patchSchema(fields, Array.isArray(required) ? required : []),
  }
}

function itemSchema(collection: Collection): Schema {
  const fields = fieldsOf(collection)
  return {
    type: 'object',
    properties: { id: ID, ...schemasOf(fields) },
    required: ['id', ...requiredOf(fields)],
    additionalProperties: false,
  }
}

/** The fields that clients write: one of them at least. */
function fieldsSchema(collection: Collection): Schema {
  const stamps: readonly string[] = collection.stamps ?? []
  const fields = fieldsOf(collection).filter(({ name }) => !stamps.includes(name))
  const required = requiredOf(fields)
  return {
    type: 'object',
    properties: schemasOf(fields),
    ...(required.length === 0 ? { minProperties: 1 } : { required }),
    additionalProperties: false,
  }
}

/** The same, each by itself; null takes one away that need not be there. */
function patchSchema({ properties }: Schema, required: readonly unknown[]): Schema {
  const members = Object.entries<Schema>(Object(properties)).map(([name, schema]) => [
    name,
    required.includes(name) ? schema : orNull(schema),
  ])
  return {
    type: 'object',
    properties: Object.fromEntries(members),
    minProperties: 1,
    additionalProperties: false,
  }
}

interface Field {
  name: string
  schema: ZodMiniType
}

function fieldsOf(collection: Collection): Field[] {
  const { names, schemas } = readerOf(collection)
  return names.flatMap((name, index) => {
    const schema = schemas[index]
    return schema === undefined ? [] : [{ name, schema }]
  })
}

function schemasOf(fields: readonly Field[]): Record<string, Schema> {
  return Object.fromEntries(fields.map(({ name, schema }) => [name, toSchema(schema)]))
}

function requiredOf(fields: readonly Field[]): string[] {
  return fields.filter(({ schema }) => !schema.safeParse(undefined).success).map(({ name }) => name)
}

/** The JSON Schema of what a check takes. */
export function toSchema(check: ZodMiniType): Schema {
  const { $schema: _, ...schema } = toJSONSchema(check, { io: 'input', unrepresentable: 'any' })
  return schema
}
