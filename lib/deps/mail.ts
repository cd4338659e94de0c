import { base64url } from 'jose'
import type { MailDeps as AuthMailDeps } from '../auth/types.ts'
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

/** Joins all adapters to the settings. */
export function createMailDeps(settings: Settings, now: () => number = Date.now): MailDeps {
  const { accessSecrets, mail, origin } = settings
  return {
    ...createDeps(settings, now),
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
  }
}

/** The dependencies of this isolate, made at its first request. */
export const mailDeps: () => MailDeps = /* @__PURE__ */ once(() => createMailDeps(env()))

/** Wrapped, because a platform's `fetch` may not be called as a method of something else. */
export const ask: typeof fetch = (input, init) => fetch(input, init)
