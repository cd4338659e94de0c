import * as z from 'zod/mini'
import { fail, ok } from '../../contract/problems.ts'
import { defineOperation } from '../../operation.ts'
import type { PlanLimits, Plans } from '../../rate-limit/plans.ts'
import { apiKeysRead, type ListedKey, removeKey, replaceSecret } from '../../store/api-keys.ts'
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

/** How long the secret before works on, if the owner does not say. */
const OVERLAP_SECONDS = 86_400
const LONGEST_OVERLAP_SECONDS = 2_592_000

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

/** A key that was made or rolled a moment ago. */
export function shown(
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
