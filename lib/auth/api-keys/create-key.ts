import * as z from 'zod/mini'
import { fail, ok } from '../../contract/problems.ts'
import { defineOperation } from '../../operation.ts'
import { insertKey, type NewKey } from '../../store/api-keys.ts'
import { notOneOf } from '../../validation.ts'
import { nameText } from '../accounts/name-text.ts'
import { FRESH_PROBLEMS, requireFresh } from '../sessions/fresh.ts'
import type { AccountDeps } from '../types.ts'
import type { KeyDeps } from './api-keys.ts'
import { shown } from './shown-key.ts'

/** The second words of scopes: `read` in `<collection>:read`. */
const SCOPE_ACTIONS = ['read', 'write', 'list', 'get', 'create', 'update', 'delete'] as const
const MOST_SCOPES = 32
const LONGEST_LIFE_SECONDS = 315_360_000
/** Every scope that a key can have: a collection and what may be done there. */
export function allScopes(collectionNames: readonly string[]): string[] {
  return collectionNames.flatMap((name) => SCOPE_ACTIONS.map((action) => `${name}:${action}`))
}

export const createKeyInput = z.strictObject({
  name: nameText.check(z.minLength(1)),
  scopes: z.array(z.string()).check(z.minLength(1), z.maxLength(MOST_SCOPES)),
  expiresIn: z.optional(z.int().check(z.minimum(1), z.maximum(LONGEST_LIFE_SECONDS))),
  limit: z.optional(z.int().check(z.minimum(1))),
  current: z.optional(z.string()),
})

/**
 * Makes a key that reaches what its scopes name, and never further than its owner does.
 *
 * @returns The key, this once; what {@link requireFresh} fails with; `conflict` when the account has as
 *   many as it may.
 */
export const createKey = defineOperation('createKey', {
  summary: 'Make an API key; it is shown this once',
  input: createKeyInput,
  problems: ['validation-error', 'conflict', ...FRESH_PROBLEMS],
  answer: 'NewApiKey',
  run: async (call, deps: KeyDeps & AccountDeps) => {
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
    const fresh = await requireFresh(call, deps, input.current)
    if (!fresh.ok) return fresh

    const { id, key, prefix, hash } = await deps.mintKey()
    const record: NewKey = {
      id,
      accountId: principal.accountId,
      userId: principal.userId,
      sessionId: principal.sessionId,
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
