import * as z from 'zod/mini'
import { fail, ok } from '../../contract/problems.ts'
import { defineOperation } from '../../operation.ts'
import { keepPendingTotp } from '../../store/totp.ts'
import { compareCurrent } from '../passwords/current-password.ts'
import type { AccountDeps } from '../types.ts'
import { base32, SECRET_BYTES } from './one-time-code.ts'

export const startTotpInput = z.strictObject({ current: z.string() })

/** What an authenticator app takes: typed, or as the QR code of the address. */
export interface NewTotp {
  secret: string
  uri: string
}

/**
 * Makes a secret for an authenticator app. Nothing is asked of a sign-in before a code has confirmed it,
 * within ten minutes.
 *
 * @returns The secret, this once; `conflict` when TOTP is on; what comparing a password fails with.
 *
 * @see [RFC 6238](https://www.rfc-editor.org/rfc/rfc6238.html)
 */
export const startTotp = defineOperation('startTotp', {
  summary: 'Make a secret for an authenticator app; a code confirms it',
  input: startTotpInput,
  problems: ['invalid-credentials', 'conflict', 'quota-exceeded', 'service-unavailable'],
  answer: 'NewTotp',
  run: async (call, deps: AccountDeps) => {
    const { principal, store, input } = call
    const compared = await compareCurrent(call, deps, input.current)
    if (!compared.ok) return compared
    const secret = deps.randomBytes(SECRET_BYTES)
    const sealed = await deps.secretBox.seal(secret, principal.accountId)
    const [kept] = await Promise.all([
      keepPendingTotp(store, principal, sealed),
      compared.value.giveBack('all'),
    ])
    if (kept === 'refused') return fail('invalid-token', 'another account by now')
    if (kept === 'enabled') {
      return fail('conflict', 'TOTP is on', { detail: 'TOTP is on: turn it off before.' })
    }
    const text = base32(secret)
    return ok({ secret: text, uri: uriOf(text, deps.appName, principal.userId) })
  },
})

/** @see [Key URI format](https://github.com/google/google-authenticator/wiki/Key-Uri-Format) */
function uriOf(secret: string, issuer: string, address: string): string {
  const [name, account] = [issuer, address].map(encodeURIComponent)
  return `otpauth://totp/${name}:${account}?secret=${secret}&issuer=${name}&algorithm=SHA1&digits=6&period=30`
}
