import { once } from '../once.ts'
import { HotLimiter } from '../rate-limit/hot.ts'
import { env } from '../settings/settings.ts'
import type { Settings } from '../settings/types.ts'
import { createDeps, type Deps, limiterOptions } from './base.ts'

/** What an endpoint that counts by session needs: it counts strangers too. */
export type SessionDeps = Deps & { hotLimiter: HotLimiter }

/** What it needs besides the rest. */
export function sessionParts(
  settings: Settings,
  now: () => number,
): Pick<SessionDeps, 'hotLimiter'> {
  const randomId = (): string => crypto.randomUUID()
  return { hotLimiter: new HotLimiter({ ...limiterOptions(settings, now), randomId }) }
}

/** The dependencies of this isolate, made at its first request. */
export const sessionDeps: () => SessionDeps = /* @__PURE__ */ once(() => {
  const settings = env()
  return { ...createDeps(settings), ...sessionParts(settings, Date.now) }
})
