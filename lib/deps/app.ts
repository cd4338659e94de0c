import { once } from '../once.ts'
import { env } from '../settings/settings.ts'
import type { Settings } from '../settings/types.ts'
import { type AccountDeps, accountParts } from './account.ts'
import { createDeps } from './base.ts'
import { type CollectionDeps, collectionParts } from './collection.ts'
import { type ExportDeps, exportParts } from './export.ts'
import { type GateDeps, gateParts } from './gate.ts'
import { type KeyDeps, keyParts } from './key.ts'
import { mailParts } from './mail.ts'
import { type ProviderDeps, providerParts } from './provider.ts'
import { type RemovalDeps, removalParts } from './removal.ts'

/** What the whole API needs. */
export type AppDeps = AccountDeps &
  CollectionDeps &
  KeyDeps &
  ProviderDeps &
  RemovalDeps &
  ExportDeps &
  GateDeps

/** Joins all adapters to the settings. */
export function createAppDeps(settings: Settings, now: () => number = Date.now): AppDeps {
  const base = createDeps(settings, now)
  const gate = gateParts(settings, base, now)
  const collections = { ...base, ...collectionParts(settings, now, gate.keyLimits.forget) }
  return {
    ...collections,
    ...mailParts(settings),
    ...accountParts(settings, now),
    ...keyParts(settings),
    ...providerParts(settings, now),
    ...removalParts(),
    ...exportParts(collections),
    ...gate,
  }
}

/** The dependencies of this process, made at its first request. */
export const appDeps: () => AppDeps = /* @__PURE__ */ once(() => createAppDeps(env()))
