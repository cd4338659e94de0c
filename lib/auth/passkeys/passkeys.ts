import { fail, ok } from '../../contract/problems.ts'
import { defineOperation } from '../../operation.ts'
import { passkeysRead, removePasskey } from '../../store/passkeys.ts'
import { ownPasskey } from './shown-passkey.ts'

/** Lists the caller's passkeys. */
export const listPasskeys = defineOperation('listPasskeys', {
  summary: 'List your passkeys, newest first',
  problems: [],
  answer: ['Passkey'],
  run: async (call) => {
    const found = await call.read(passkeysRead(call.principal.accountId))
    return found.ok ? ok({ data: found.value.map(ownPasskey), nextCursor: null }) : found
  },
})

/**
 * Takes a passkey away.
 *
 * @returns Nothing (204); `not-found`; `conflict` for the account's last way to sign in: it is counted in
 *   the same step, so that two that are taken away at once leave one.
 */
export const deletePasskey = defineOperation('deletePasskey', {
  summary: 'Take a passkey away',
  problems: ['not-found', 'conflict'],
  run: async ({ store, principal, id, report }) => {
    const { accountId, sessionId } = principal
    const [passkeys] = await store.read(passkeysRead(accountId))
    const passkey = passkeys.find((each) => each.id === id)
    const removed = passkey && (await removePasskey(store, principal, passkey))
    if (removed === 'last') {
      const detail = 'This is the last way to sign in to the account: add another one before.'
      return fail('conflict', 'last way in', { detail })
    }
    if (removed !== 'removed') return fail('not-found', 'no such passkey of this user')
    report('passkey.removed', { user: accountId, session: sessionId, passkey: id })
    return ok(undefined)
  },
})
