import { base64url } from 'jose'
import { createPasswords } from './auth/password.ts'
import type { AccountDeps as AuthAccountDeps } from './auth/types.ts'
import { createDeps, type Deps } from './deps.ts'
import { env, type Settings } from './env.ts'
import { once } from './once.ts'

/** What an endpoint around passwords needs; a module of its own, because bcrypt is large. */
export type AccountDeps = Deps & AuthAccountDeps

/** Joins all adapters to the settings. */
export function createAccountDeps(settings: Settings, now: () => number = Date.now): AccountDeps {
  return {
    ...createDeps(settings, now),
    passwords: createPasswords((ms) => new Promise((resolve) => setTimeout(resolve, ms)), now),
    accountKey: accountKey(settings.accessSecrets[0]),
    sessionsPerUser: settings.sessionsPerUser,
  }
}

/** The dependencies of this isolate, made at its first request. */
export const accountDeps: () => AccountDeps = /* @__PURE__ */ once(() => createAccountDeps(env()))

/** HMAC-SHA-256 of the account under a key of its own: equal accounts, equal keys, and no address. */
function accountKey(secret: string): (account: string) => Promise<string> {
  const encoder = new TextEncoder()
  const key = once(() =>
    crypto.subtle.importKey(
      'raw',
      encoder.encode(`quota-account ${secret}`),
      { name: 'HMAC', hash: 'SHA-256' },
      false,
      ['sign'],
    ),
  )
  return async (account) => {
    const mac = await crypto.subtle.sign('HMAC', await key(), encoder.encode(account))
    return base64url.encode(new Uint8Array(mac))
  }
}
