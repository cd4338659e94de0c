import * as z from 'zod/mini'
import { ok } from '../../contract/problems.ts'
import { defineOperation } from '../../operation.ts'
import { level } from '../../store/rules.ts'
import { type Account, profileRead, rename } from '../../store/users.ts'
import type { PlanDeps, Principal } from '../types.ts'
import { nameText } from './name-text.ts'

/** The caller's own account. */
export interface Profile {
  /** The account's opaque id. */
  id: string
  user: string
  level: number
  /** The name of the plan. */
  plan: string
  name?: string
  emailVerified: boolean
  /** RFC 3339; null for a hash that was typed by hand. */
  createdAt: string | null
}

/** A user changes only what is theirs: the name. '' removes it. */
export const changeProfileInput = z.strictObject({ name: nameText })

/** Reads the caller's own account, in the trip that proves the session. */
export const readProfile = defineOperation('readProfile', {
  summary: 'Read your own account',
  problems: [],
  answer: 'Profile',
  run: async (call, deps: PlanDeps) => {
    const { principal } = call
    const account = await call.read(profileRead(principal.userId))
    return account.ok ? ok(profile(principal, account.value, deps)) : account
  },
})

/** Changes the caller's own name, and nothing else of the account. */
export const changeProfile = defineOperation('changeProfile', {
  summary: 'Change your name',
  input: changeProfileInput,
  problems: [],
  answer: 'Profile',
  run: async (call, deps: PlanDeps) => {
    const { principal, store, input } = call
    const { name } = input
    await rename(store, principal.userId, name)
    const [account] = await store.read(profileRead(principal.userId))
    return ok(profile(principal, { ...account, name: name === '' ? undefined : name }, deps))
  },
})

function profile({ accountId, userId }: Principal, account: Account, { plans }: PlanDeps): Profile {
  const { name, emailVerified, createdAt } = account
  return {
    id: accountId,
    user: userId,
    level: level(account.level),
    plan: plans.of(account.plan).name,
    ...(name === undefined ? {} : { name }),
    emailVerified,
    createdAt: createdAt === undefined ? null : new Date(createdAt).toISOString(),
  }
}
