import { once } from '../once.ts'
import { env } from '../settings/settings.ts'
import { createDeps, type Deps } from './base.ts'

/** What an endpoint needs that needs no more than all do; made at this isolate's first request. */
export const deps: () => Deps = /* @__PURE__ */ once(() => createDeps(env()))
