import { type AccountDeps, createAccountDeps } from './account-deps.ts'
import { type CollectionDeps, collectionParts } from './collection-deps.ts'
import { env, type Settings } from './env.ts'
import { type GateDeps, gateParts } from './gate-deps.ts'
import { type KeyDeps, keyParts } from './key-deps.ts'
import { once } from './once.ts'

/** What the whole API needs. */
export type AppDeps = AccountDeps & CollectionDeps & KeyDeps & GateDeps

/** Joins all adapters to the settings. */
export function createAppDeps(settings: Settings, now: () => number = Date.now): AppDeps {
  return {
    ...createAccountDeps(settings, now),
    ...collectionParts(settings, now),
    ...keyParts(settings),
    ...gateParts(settings, now),
  }
}

/** The dependencies of this process, made at its first request. */
export const appDeps: () => AppDeps = /* @__PURE__ */ once(() => createAppDeps(env()))
