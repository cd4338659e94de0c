import { expect, test } from '@playwright/test'
import { importKeyring } from '../../auth/tokens/jws.ts'
import {
  CLOCK_TOLERANCE_SECONDS,
  createAccessTokens,
  createRefreshTokens,
} from '../../auth/tokens/tokens.ts'
import { createCookies } from './cookies.ts'
import { present } from './present.ts'

const NOW = 1_790_000_000
const origin = 'https://api.example.com'
const codec = {
  keys: () => importKeyring(['a-secret-of-thirty-two-bytes-or-more']),
  origin,
}
const verifiers = {
  accessTokens: createAccessTokens(codec),
  refreshTokens: createRefreshTokens(codec),
  cookies: createCookies(origin),
  keyEnvironment: 'live' as const,
}

/** The header fields of a browser that holds these cookies. */
function carrying(pair: { access?: string; refresh?: string }): Headers {
  const cookie = Object.entries(pair).map(([kind, token]) => `__Host-usher-${kind}=${token}`)
  return new Headers({ cookie: cookie.join('; ') })
}

test('an access and a refresh cookie are over at the same tolerance', async () => {
  const session = { sub: 'u_1', user: 'me@home.org', sid: 's', iat: NOW - 60, exp: NOW }
  const access = await verifiers.accessTokens.issue({
    ...session,
    level: 0,
    plan: 'free',
    jti: 'j',
  })
  const refresh = await verifiers.refreshTokens.issue({ ...session, seq: 1 })
  const statusAt = async (seconds: number, cookies: { access?: string; refresh?: string }) =>
    (await present(carrying(cookies), verifiers).check(seconds * 1_000)).status
  const within = NOW + CLOCK_TOLERANCE_SECONDS - 1
  expect(await statusAt(within, { access })).toBe('valid')
  expect(await statusAt(within, { refresh })).toBe('renewable')
  const over = NOW + CLOCK_TOLERANCE_SECONDS
  expect(await statusAt(over, { access })).toBe('invalid')
  expect(await statusAt(over, { refresh })).toBe('invalid')
})
