import { fail, ok } from '../../contract/problems.ts'
import { defineOperation } from '../../operation.ts'
import { apiKeysRead, removeKey } from '../../store/api-keys.ts'
import { own } from '../api-keys/shown-key.ts'
import type { PlanDeps } from '../types.ts'
import { findAccount } from './find-account.ts'

/** Lists the API keys of an account; of the keys themselves only the beginnings are known. For admins. */
export const listUserKeys = defineOperation('listUserKeys', {
  summary: 'List the API keys of an account',
  problems: ['not-found'],
  answer: ['ApiKey'],
  run: async (call, { plans }: PlanDeps) => {
    const found = await findAccount(call)
    if (!found.ok) return found
    const plan = plans.of(found.value.account.plan)
    const list = await call.read(apiKeysRead(found.value.userId))
    return list.ok ? ok({ data: list.value.map((key) => own(key, plan)), nextCursor: null }) : list
  },
})

/** Ends an API key of an account, at once. For admins. */
export const deleteUserKey = defineOperation('deleteUserKey', {
  summary: 'End an API key of an account',
  problems: ['not-found'],
  run: async (call) => {
    const found = await findAccount(call)
    if (!found.ok) return found
    const { userId, account } = found.value
    const owner = { userId, accountId: account.accountId ?? userId }
    const { key } = call
    if (!(await removeKey(call.store, key, owner))) return fail('not-found', 'no such key')
    call.report('key.deleted', { user: account.accountId, by: call.principal?.accountId, key })
    return ok(undefined)
  },
})
