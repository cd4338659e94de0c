import { createPasswords } from '../auth/passwords/password.ts'
import type { AccountDeps as AuthAccountDeps } from '../auth/types.ts'
import { log } from '../log.ts'
import { once } from '../once.ts'
import { createBreachCheck } from '../pwned-passwords.ts'
import { env } from '../settings/settings.ts'
import type { Settings } from '../settings/types.ts'
import { sleep } from '../sleep.ts'
import { ask, createMailDeps, type MailDeps } from './mail.ts'

/** What an endpoint around passwords needs; a module of its own, because bcrypt is large. */
export type AccountDeps = MailDeps & AuthAccountDeps

/** Joins all adapters to the settings. */
export function createAccountDeps(settings: Settings, now: () => number = Date.now): AccountDeps {
  return {
    ...createMailDeps(settings, now),
    passwords: createPasswords(sleep, now),
    sessionsPerUser: settings.sessionsPerUser,
    passwordRules: settings.passwordRules,
    isBreached: createBreachCheck(settings.pwnedPasswordsUrl, ask, log),
  }
}

/** The dependencies of this isolate, made at its first request. */
export const accountDeps: () => AccountDeps = /* @__PURE__ */ once(() => createAccountDeps(env()))
