import type { RemovalDeps as RemovalNeeds } from '../auth/accounts/remove-account.ts'
import { ownedCollections, removeItems } from '../items/owned.ts'
import { once } from '../once.ts'
import { env } from '../settings/settings.ts'
import { createDeps, type Deps } from './base.ts'

/** What an endpoint that deletes accounts needs. */
export type RemovalDeps = Deps & RemovalNeeds

/** What it needs besides the rest. */
export function removalParts(): Pick<RemovalNeeds, 'ownedItems'> {
  const prefixes = ownedCollections().map(({ prefix }) => prefix)
  return { ownedItems: { prefixes, remove: removeItems } }
}

/** The dependencies of this isolate, made at its first request. */
export const removalDeps: () => RemovalDeps = /* @__PURE__ */ once(() => {
  const settings = env()
  return { ...createDeps(settings), ...removalParts() }
})
