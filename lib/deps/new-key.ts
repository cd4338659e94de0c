import type { AccountDeps } from '../auth/types.ts'
import { once } from '../once.ts'
import { env } from '../settings/settings.ts'
import { accountParts } from './account.ts'
import { createDeps } from './base.ts'
import { type KeyDeps, keyParts } from './key.ts'
import { mailParts } from './mail.ts'

/** What an endpoint needs that makes API keys, for which a password may be asked. */
export type NewKeyDeps = KeyDeps & AccountDeps

/** The dependencies of this isolate, made at its first request. */
export const newKeyDeps: () => NewKeyDeps = /* @__PURE__ */ once(() => {
  const settings = env()
  return {
    ...createDeps(settings),
    ...mailParts(settings),
    ...accountParts(settings, Date.now),
    ...keyParts(settings),
  }
})
