import * as z from 'zod/mini'
import { fail, ok } from '../../contract/problems.ts'
import { defineOperation } from '../../operation.ts'
import type { PlanLimits, Plans } from '../../rate-limit/plans.ts'
import {
  apiKeysRead,
  insertKey,
  type ListedKey,
  type NewKey,
  removeKey,
  replaceSecret,
} from '../../store/api-keys.ts'
import { notOneOf } from '../../validation.ts'
import { nameText } from '../accounts/name-text.ts'
import type { MintedKey } from './api-key.ts'

/** What the use cases of API keys need from outside. */
export interface KeyDeps {
  /** @param id Of a key whose secret is replaced. */
  mintKey: (id?: string) => Promise<MintedKey>
  /** What scopes can name. */
  collectionNames: readonly string[]
  /** The largest quota that a key can have, in requests a minute, if it is set; else it follows from the plan. */
  keyLimit: number | undefined
  plans: Plans
}

/** An API key as its owner sees it; times are RFC 3339. */
export interface OwnKey {
  id: string
  name: string
  /** The beginning of the key, to tell it from others. */
  prefix: string
  scopes: string[]
  /** Requests a minute: its own, or its owner's; null without a limit. */
  limit: number | null
  createdAt: string
  expiresAt: string | null
  lastUsedAt: string | null
}

/** A key that was made a moment ago, with the key itself: it is shown this once. */
export interface NewOwnKey extends Omit<OwnKey, 'createdAt' | 'lastUsedAt'> {
  key: string
}

/** The second words of scopes: `read` in `<collection>:read`. */
const SCOPE_ACTIONS = ['read', 'write', 'list', 'get', 'create', 'update', 'delete'] as const
const MOST_SCOPES = 32
const LONGEST_LIFE_SECONDS = 315_360_000
/** How long the secret before works on, if the owner does not say. */
const OVERLAP_SECONDS = 86_400
const LONGEST_OVERLAP_SECONDS = 2_592_000

/** Every scope that a key can have: a collection and what may be done there. */
export function allScopes(collectionNames: readonly string[]): string[] {
  return collectionNames.flatMap((name) => SCOPE_ACTIONS.map((action) => `${name}:${action}`))
}

export const createKeyInput = z.strictObject({
  name: nameText.check(z.minLength(1)),
  scopes: z.array(z.string()).check(z.minLength(1), z.maxLength(MOST_SCOPES)),
  expiresIn: z.optional(z.int().check(z.minimum(1), z.maximum(LONGEST_LIFE_SECONDS))),
  limit: z.optional(z.int().check(z.minimum(1))),
})

export const rollKeyInput = z.optional(
  z.strictObject({
    overlap: z.optional(z.int().check(z.minimum(0), z.maximum(LONGEST_OVERLAP_SECONDS))),
  }),
)

/** Lists the caller's keys; of the keys themselves only the beginnings are known. */
export const listKeys = defineOperation('listKeys', {
  summary: 'List your API keys, newest first',
  problems: [],
  answer: ['ApiKey'],
  run: async (call, deps: KeyDeps) => {
    const { principal } = call
    const found = await call.read(apiKeysRead(principal.userId))
    if (!found.ok) return found
    const plan = deps.plans.of(call.plan())
    return ok({ data: found.value.map((key) => own(key, plan)), nextCursor: null })
  },
})

/**
 * Makes a key that reaches what its scopes name, and never further than its owner does.
 *
 * @returns The key, this once; `conflict` when the account has as many as it may.
 */
export const createKey = defineOperation('createKey', {
  summary: 'Make an API key; it is shown this once',
  input: createKeyInput,
  problems: ['validation-error', 'conflict'],
  answer: 'NewApiKey',
  run: async (call, deps: KeyDeps) => {
    const { principal, input } = call
    const plan = deps.plans.of(call.plan())
    const scopes = allScopes(deps.collectionNames)
    const errors = input.scopes.flatMap((scope, index) =>
      scopes.includes(scope) ? [] : [{ pointer: `#/scopes/${index}`, message: notOneOf(scopes) }],
    )
    const largest = deps.keyLimit ?? plan.largestKey
    if (input.limit !== undefined && input.limit > largest) {
      errors.push({ pointer: '#/limit', message: `is larger than ${largest}` })
    }
    if (errors.length > 0) return fail('validation-error', `${errors.length} faults`, { errors })

    const { id, key, prefix, hash } = await deps.mintKey()
    const record: NewKey = {
      id,
      accountId: principal.accountId,
      userId: principal.userId,
      hash,
      name: input.name,
      prefix,
      scopes: [...new Set(input.scopes)],
      limit: input.limit,
      ttlMs: input.expiresIn === undefined ? undefined : input.expiresIn * 1_000,
    }
    const cap = plan.keys ?? Number.MAX_SAFE_INTEGER
    const made = await insertKey(call.store, record, cap)
    if (made.status === 'full') {
      const detail = `The plan ${plan.name} has ${cap} API keys at most: delete one.`
      return fail('conflict', 'keys at their cap', { detail })
    }
    if (made.status !== 'made') return fail('invalid-token', 'the account may not enter')
    call.report('key.created', { user: principal.accountId, key: id })
    return ok(shown(key, { ...record, expiresAt: made.expiresAt }, plan), {
      headers: { Location: `/api/keys/${id}` },
    })
  },
})

/** Gives a key another secret; the one before works on for `overlap` seconds. */
export const rollKey = defineOperation('rollKey', {
  summary: 'Give an API key another secret; the one before works on for a while',
  input: rollKeyInput,
  problems: ['not-found'],
  answer: 'NewApiKey',
  run: async (call, deps: KeyDeps) => {
    const { principal, id } = call
    const found = await call.read(apiKeysRead(principal.userId))
    if (!found.ok) return found
    const record = found.value.find((each) => each.id === id)
    if (record === undefined) return fail('not-found', 'no such key of this user')
    const { key, hash } = await deps.mintKey(id)
    const overlapMs = (call.input?.overlap ?? OVERLAP_SECONDS) * 1_000
    const rolled = await replaceSecret(call.store, principal, { id, hash, overlapMs })
    if (!rolled) return fail('not-found', 'no such key of this user')
    call.report('key.rolled', { user: principal.accountId, key: id })
    return ok(shown(key, record, deps.plans.of(call.plan())))
  },
})

/** Ends a key, at once. */
export const deleteKey = defineOperation('deleteKey', {
  summary: 'End an API key',
  problems: ['not-found'],
  run: async (call) => {
    const { principal, id } = call
    if (!(await removeKey(call.store, id, principal))) {
      return fail('not-found', 'no such key of this user')
    }
    call.report('key.deleted', { user: principal.accountId, key: id })
    return ok(undefined)
  },
})

/** A key as its owner and an admin see it. */
export function own(key: ListedKey, { minute }: Pick<PlanLimits, 'minute'>): OwnKey {
  const { createdAt, expiresAt, usedAt, limit, ...fields } = key
  return {
    ...fields,
    limit: limit ?? minute?.limit ?? null,
    createdAt: new Date(createdAt).toISOString(),
    expiresAt: instant(expiresAt),
    lastUsedAt: instant(usedAt),
  }
}

function shown(
  key: string,
  record: Pick<ListedKey, 'id' | 'name' | 'prefix' | 'limit' | 'expiresAt'> & {
    scopes: readonly string[]
  },
  { minute }: Pick<PlanLimits, 'minute'>,
): NewOwnKey {
  const { id, name, prefix, scopes, expiresAt } = record
  const limit = record.limit ?? minute?.limit ?? null
  return { id, key, name, prefix, scopes: [...scopes], limit, expiresAt: instant(expiresAt) }
}

function instant(milliseconds: number | undefined): string | null {
  return milliseconds === undefined ? null : new Date(milliseconds).toISOString()
}
