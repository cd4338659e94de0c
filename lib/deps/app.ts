import { once } from '../once.ts'
import { env } from '../settings/settings.ts'
import type { Settings } from '../settings/types.ts'
import { type AccountDeps, accountParts } from './account.ts'
import { createDeps } from './base.ts'
import { type CollectionDeps, collectionParts } from './collection.ts'
import { type GateDeps, gateParts } from './gate.ts'
import { type KeyDeps, keyParts } from './key.ts'
import { mailParts } from './mail.ts'

/** What the whole API needs. */
export type AppDeps = AccountDeps & CollectionDeps & KeyDeps & GateDeps

/** Joins all adapters to the settings. */
export function createAppDeps(settings: Settings, now: () => number = Date.now): AppDeps {
  const base = createDeps(settings, now)
  const gate = gateParts(settings, base, now)
  return {
    ...base,
    ...mailParts(settings),
    ...accountParts(settings, now),
    ...collectionParts(settings, now, gate.keyLimits.forget),
    ...keyParts(settings),
    ...gate,
  }
}

/** The dependencies of this process, made at its first request. */
export const appDeps: () => AppDeps = /* @__PURE__ */ once(() => createAppDeps(env()))
