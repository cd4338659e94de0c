import { createBaseDeps, createDeps, type Deps } from '../../lib/deps/base.ts'
import { gateParts } from '../../lib/deps/gate.ts'
import { parseSettings } from '../../lib/settings/settings.ts'
import { environmentOf, NO_STORE, ORIGIN } from './environment.ts'

/** What an endpoint needs, with no store to ask. */
export function depsWithoutStore(): Deps {
  const env = { TRUSTED_PROXY: 'proxy:1' }
  const settings = parseSettings(environmentOf({ origin: ORIGIN, store: NO_STORE, env }))
  const base = createBaseDeps(settings)
  const { hotLimiter } = gateParts(settings, base, Date.now)
  return { ...createDeps(settings), hotLimiter }
}

/** The header field of an access token of somebody. */
export async function bearerOf({ accessTokens }: Deps): Promise<{ Authorization: string }> {
  const iat = Math.floor(Date.now() / 1_000)
  const who = { sub: 'u_1', user: 'me@home.org', sid: 's', level: 9, plan: 'free' }
  const token = await accessTokens.issue({ ...who, iat, exp: iat + 60, jti: 'j' })
  return { Authorization: `Bearer ${token}` }
}
