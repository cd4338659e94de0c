import { once } from '../once.ts'
import { HotLimiter } from '../rate-limit/hot.ts'
import { env } from '../settings/settings.ts'
import { createDeps, type Deps, limiterOptions } from './base.ts'

/**
 * The dependencies of an endpoint that counts by session, made at its isolate's first request: it
 * counts strangers too.
 */
export const sessionDeps: () => Deps = /* @__PURE__ */ once(() => {
  const settings = env()
  const deps = createDeps(settings)
  const options = { ...limiterOptions(settings, Date.now), randomId: deps.randomId }
  return { ...deps, hotLimiter: new HotLimiter(options) }
})
