import * as z from 'zod/mini'
import { fail, ok } from '../../contract/problems.ts'
import { defineOperation } from '../../operation.ts'
import type { Plans } from '../../rate-limit/plans.ts'
import { apiKeysRead, removeKey, replaceSecret } from '../../store/api-keys.ts'
import type { MintedKey } from './api-key.ts'
import { own, shown } from './shown-key.ts'

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
