import type { ExportDeps as ExportNeeds } from '../auth/accounts/account-export.ts'
import { listOwned } from '../items/list-owned.ts'
import type { CollectionDeps as CollectionNeeds } from '../items/types.ts'
import { log } from '../log.ts'
import { once } from '../once.ts'
import { env } from '../settings/settings.ts'
import { accountUsage } from '../usage/account-usage.ts'
import { createDeps, type Deps } from './base.ts'
import { collectionParts } from './collection.ts'

/** What an endpoint that exports accounts needs. */
export type ExportDeps = Deps & ExportNeeds

/** What it needs besides the rest. */
export function exportParts(items: CollectionNeeds): Pick<ExportNeeds, 'listOwned' | 'listUsage'> {
  return {
    listOwned: (call, owner) => listOwned({ ...call, log }, items, owner),
    listUsage: (store, subject) => accountUsage(store, subject, items.now()),
  }
}

/** The dependencies of this isolate, made at its first request. */
export const exportDeps: () => ExportDeps = /* @__PURE__ */ once(() => {
  const settings = env()
  const deps = { ...createDeps(settings), ...collectionParts(settings, Date.now) }
  return { ...deps, ...exportParts(deps) }
})
