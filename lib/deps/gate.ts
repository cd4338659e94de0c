import { BlockList } from '../http/block-list.ts'
import { createKeyLimits, type KeyLimits } from '../http/key-limits.ts'
import { createSessionWatch, type SessionWatch } from '../http/session-watch.ts'
import { log } from '../log.ts'
import { once } from '../once.ts'
import type { HotLimiter } from '../rate-limit/hot.ts'
import { env } from '../settings/settings.ts'
import type { Settings } from '../settings/types.ts'
import { sleep } from '../sleep.ts'
import { connectScripts } from '../store/client/script-runner.ts'
import { type BaseDeps, createBaseDeps } from './base.ts'
import { sessionParts } from './session.ts'

/** What the gate needs: no passwords, no writes. */
export type GateDeps = BaseDeps & {
  keyLimits: KeyLimits
  hotLimiter: HotLimiter
  blockList: BlockList
  sessionWatch: SessionWatch
}

/**
 * What it needs besides the rest.
 *
 * @param base Its memory of ended sessions and of plans is that of the endpoints, where there is one for both.
 */
export function gateParts(
  settings: Settings,
  base: Pick<BaseDeps, 'deadSessions' | 'plansSeen'>,
  now: () => number,
): Pick<GateDeps, 'keyLimits' | 'hotLimiter' | 'blockList' | 'sessionWatch'> {
  const { auth, data } = settings
  const redis = connectScripts(auth ?? data)
  return {
    keyLimits: createKeyLimits(redis, now, sleep, base.plansSeen),
    ...sessionParts(settings, now),
    blockList: new BlockList({ redis, now, sleep, log }),
    sessionWatch: createSessionWatch(redis, base, now, sleep),
  }
}

/** The gate's dependencies of this isolate, made at its first request. */
export const gateDeps: () => GateDeps = /* @__PURE__ */ once(() => {
  const settings = env()
  const base = createBaseDeps(settings)
  return { ...base, ...gateParts(settings, base, Date.now) }
})
