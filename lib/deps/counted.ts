import { once } from '../once.ts'
import { env } from '../settings/settings.ts'
import { createDeps, type Deps } from './base.ts'
import { type CountedParts, usageParts } from './usage.ts'

/** What an endpoint needs of operations that count for the account that asks; made at its first request. */
export const deps: () => Deps & CountedParts = /* @__PURE__ */ once(() => {
  const settings = env()
  return { ...createDeps(settings), ...usageParts(settings, Date.now) }
})
