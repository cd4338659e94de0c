import { createPasswords } from '../auth/passwords/password.ts'
import { createSecretBox } from '../auth/totp/secret-box.ts'
import type { AccountDeps as AuthAccountDeps } from '../auth/types.ts'
import { log } from '../log.ts'
import { once } from '../once.ts'
import { createBreachCheck } from '../pwned-passwords.ts'
import { env } from '../settings/settings.ts'
import type { Settings } from '../settings/types.ts'
import { sleep } from '../sleep.ts'
import { createDeps } from './base.ts'
import { ask, type MailDeps, mailParts } from './mail.ts'

/** What an endpoint around passwords needs; a module of its own, because bcrypt is large. */
export type AccountDeps = MailDeps & AuthAccountDeps

/** What it needs besides the rest. */
export function accountParts(
  settings: Settings,
  now: () => number,
): Omit<AuthAccountDeps, keyof MailDeps> {
  return {
    passwords: createPasswords(sleep, now),
    secretBox: createSecretBox('totp', settings.refreshSecrets, randomBytes),
    randomBytes,
    passwordRules: settings.passwordRules,
    isBreached: createBreachCheck(settings.pwnedPasswordsUrl, ask, log),
  }
}

function randomBytes(length: number): Uint8Array<ArrayBuffer> {
  return crypto.getRandomValues(new Uint8Array(length))
}

/** The dependencies of this isolate, made at its first request. */
export const accountDeps: () => AccountDeps = /* @__PURE__ */ once(() => {
  const settings = env()
  return { ...createDeps(settings), ...mailParts(settings), ...accountParts(settings, Date.now) }
})
