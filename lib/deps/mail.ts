import { base64url } from 'jose'
import type { AuthDeps, MailDeps as AuthMailDeps } from '../auth/types.ts'
import { hmac, sha256 } from '../hash.ts'
import { log } from '../log.ts'
import { createMailer } from '../mail.ts'
import { once } from '../once.ts'
import { env } from '../settings/settings.ts'
import type { Settings } from '../settings/types.ts'
import { sleep } from '../sleep.ts'
import { createDeps, type Deps } from './base.ts'

/** What an endpoint that sends mail needs. */
export type MailDeps = Deps & AuthMailDeps

/** What it needs besides the rest. */
export function mailParts(settings: Settings): Omit<AuthMailDeps, keyof AuthDeps> {
  const { accessSecrets, mail, origin } = settings
  return {
    // Equal accounts, equal keys, and no address.
    accountKey: hmac('quota-account', accessSecrets[0]),
    mailer: createMailer(mail, {
      fetch: ask,
      sleep,
      random: Math.random,
      randomId: () => crypto.randomUUID(),
      log,
    }),
    randomToken: () => base64url.encode(crypto.getRandomValues(new Uint8Array(32))),
    tokenHash: sha256,
    origin,
    appName: settings.name,
  }
}

/** The dependencies of this isolate, made at its first request. */
export const mailDeps: () => MailDeps = /* @__PURE__ */ once(() => {
  const settings = env()
  return { ...createDeps(settings), ...mailParts(settings) }
})

/** Wrapped, because a platform's `fetch` may not be called as a method of something else. */
export const ask: typeof fetch = (input, init) => fetch(input, init)
