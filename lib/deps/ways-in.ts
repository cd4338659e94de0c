import type { Provider } from '../auth/identities/provider.ts'
import { once } from '../once.ts'
import { env } from '../settings/settings.ts'
import { createDeps, type Deps } from './base.ts'

/** The dependencies of the endpoint that tells the ways in, made at this isolate's first request. */
export const waysInDeps: () => Deps & { providers: readonly Provider[]; origin: string } =
  /* @__PURE__ */ once(() => {
    const settings = env()
    const { providers, origin } = settings
    return { ...createDeps(settings), providers, origin }
  })
