import { mintApiKey } from '../auth/api-keys/api-key.ts'
import type { KeyDeps as KeyNeeds } from '../auth/api-keys/api-keys.ts'
import { allCollections } from '../items/registry.ts'
import { once } from '../once.ts'
import { env } from '../settings/settings.ts'
import type { Settings } from '../settings/types.ts'
import { createDeps, type Deps } from './base.ts'

/** What an endpoint that makes API keys needs. */
export type KeyDeps = Deps & KeyNeeds

/** What they need besides the rest. */
export function keyParts(settings: Settings): Omit<KeyNeeds, 'plans'> {
  return {
    mintKey: (id) => mintApiKey(settings.keyEnvironment, id),
    collectionNames: allCollections().map(({ name }) => name),
    keyLimit: settings.limits.key?.limit,
  }
}

/** The dependencies of this isolate, made at its first request. */
export const keyDeps: () => KeyDeps = /* @__PURE__ */ once(() => {
  const settings = env()
  return {
    ...createDeps(settings),
    ...keyParts(settings),
  }
})
