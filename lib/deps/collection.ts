import type { PresentedKey } from '../auth/api-keys/api-key.ts'
import { createKeyProof } from '../auth/api-keys/key-proof.ts'
import { remember } from '../bounded-map.ts'
import { hmac } from '../hash.ts'
import { collectionPart } from '../http/collection-call.ts'
import { ItemCache } from '../items/item-cache.ts'
import { findCollection } from '../items/registry.ts'
import type { CollectionDeps as CollectionNeeds } from '../items/types.ts'
import { once } from '../once.ts'
import { env } from '../settings/settings.ts'
import type { Settings } from '../settings/types.ts'
import { touchKey } from '../store/key-liveness.ts'
import { createDeps, type Deps } from './base.ts'

/** What an endpoint of collections needs; the only ones that API keys open. */
export type CollectionDeps = Deps & CollectionNeeds

const USE_NOTED_FOR_MS = 60_000

/**
 * What they need besides the rest.
 *
 * @param onDeadKey Told of an API key that opens nothing, where the gate shares the memory.
 */
export function collectionParts(
  settings: Settings,
  now: () => number,
  onDeadKey?: (key: PresentedKey) => void,
): Pick<CollectionDeps, 'cursorMacs' | 'findCollection' | 'keys' | 'itemCache' | 'ofCollection'> {
  const noted = new Map<string, number>()
  return {
    itemCache: new ItemCache(now),
    findCollection,
    ofCollection: collectionPart,
    cursorMacs: settings.accessSecrets.map((secret) => hmac('cursor', secret)),
    keys: {
      prove: (key, scope) => createKeyProof(key, scope, onDeadKey),
      noteUse: async (store, id) => {
        if (now() < (noted.get(id) ?? 0) + USE_NOTED_FOR_MS) return
        remember(noted, id, now())
        await touchKey(store(), id)
      },
    },
  }
}

/** The dependencies of this isolate, made at its first request. */
export const collectionDeps: () => CollectionDeps = /* @__PURE__ */ once(() => {
  const settings = env()
  return {
    ...createDeps(settings),
    ...collectionParts(settings, Date.now),
  }
})
