import { once } from '../once.ts'
import { env } from '../settings/settings.ts'
import { createDeps } from './base.ts'
import { type CollectionDeps, collectionParts } from './collection.ts'
import { type GateDeps, gateParts } from './gate.ts'

/** What the endpoint of GraphQL needs: collections, and the quotas of the gate, since one query is many requests. */
export type GraphDeps = CollectionDeps & GateDeps

/** The dependencies of this isolate, made at its first request. */
export const graphDeps: () => GraphDeps = /* @__PURE__ */ once(() => {
  const settings = env()
  const base = createDeps(settings)
  const gate = gateParts(settings, base, Date.now)
  return { ...base, ...collectionParts(settings, Date.now, gate.keyLimits.forget), ...gate }
})
