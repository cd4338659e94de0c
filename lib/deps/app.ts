import { once } from '../once.ts'
import { env } from '../settings/settings.ts'
import type { Settings } from '../settings/types.ts'
import { type AccountDeps, createAccountDeps } from './account.ts'
import { type CollectionDeps, collectionParts } from './collection.ts'
import { type GateDeps, gateParts } from './gate.ts'
import { type KeyDeps, keyParts } from './key.ts'

/** What the whole API needs. */
export type AppDeps = AccountDeps & CollectionDeps & KeyDeps & GateDeps

/** Joins all adapters to the settings. */
export function createAppDeps(settings: Settings, now: () => number = Date.now): AppDeps {
  const rest = createAccountDeps(settings, now)
  const gate = gateParts(settings, rest.deadSessions, now)
  return {
    ...rest,
    ...collectionParts(settings, now, gate.keyLimits.forget),
    ...keyParts(settings),
    ...gate,
  }
}

/** The dependencies of this process, made at its first request. */
export const appDeps: () => AppDeps = /* @__PURE__ */ once(() => createAppDeps(env()))
