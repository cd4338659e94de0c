import { BlockList } from '../http/block-list.ts'
import { createKeyLimits, type KeyLimits } from '../http/key-limits.ts'
import { createSessionWatch, type SessionWatch } from '../http/session-watch.ts'
import { log } from '../log.ts'
import { once } from '../once.ts'
import { HotLimiter } from '../rate-limit/hot.ts'
import { env, type Settings } from '../settings/settings.ts'
import { sleep } from '../sleep.ts'
import { connectScripts } from '../store/client/script-runner.ts'
import { type BaseDeps, createBaseDeps, limiterOptions } from './base.ts'

/** What the gate needs: no passwords, no writes. */
export type GateDeps = BaseDeps & {
  keyLimits: KeyLimits
  hotLimiter: HotLimiter
  blockList: BlockList
  /** Where gate and endpoints have a memory of their own each. */
  sessionWatch?: SessionWatch
}

/** What it needs besides the rest. */
export function gateParts(
  settings: Settings,
  now: () => number,
): Pick<GateDeps, 'keyLimits' | 'hotLimiter' | 'blockList'> {
  const { auth, data } = settings
  const redis = connectScripts(auth ?? data)
  return {
    keyLimits: createKeyLimits(redis, now),
    hotLimiter: new HotLimiter(limiterOptions(settings, now)),
    blockList: new BlockList({ redis, now, sleep, log }),
  }
}

/** The gate's dependencies of this isolate, made at its first request. */
export const gateDeps: () => GateDeps = /* @__PURE__ */ once(() => {
  const settings = env()
  const base = createBaseDeps(settings)
  const redis = connectScripts(settings.auth ?? settings.data)
  const sessionWatch = createSessionWatch(redis, base.deadSessions, Date.now)
  return { ...base, ...gateParts(settings, Date.now), sessionWatch }
})
