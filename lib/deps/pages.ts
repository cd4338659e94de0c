import { importKeyring } from '../auth/tokens/jws.ts'
import { createAccessTokens, createRefreshTokens } from '../auth/tokens/tokens.ts'
import { createCookies } from '../http/credentials/cookies.ts'
import { once } from '../once.ts'
import { pageEnv } from '../settings/settings.ts'
import type { PageSettings } from '../settings/types.ts'

/** Joins what pages need to know who looks at them. Nothing here does I/O. */
function createPageDeps(settings: PageSettings) {
  const { origin, accessSecrets, refreshSecrets, signingKey, previousKeys } = settings
  const keys = once(() => importKeyring(accessSecrets, signingKey, previousKeys))
  return {
    settings,
    now: Date.now,
    accessTokens: createAccessTokens({ keys, origin }),
    refreshTokens: createRefreshTokens({ keys: once(() => importKeyring(refreshSecrets)), origin }),
    cookies: createCookies(origin),
  }
}

export type PageDeps = ReturnType<typeof createPageDeps>

/** What pages need of this process, made at the first page. */
export const pageDeps: () => PageDeps = /* @__PURE__ */ once(() => createPageDeps(pageEnv()))
