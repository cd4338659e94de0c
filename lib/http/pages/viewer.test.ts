import { expect, test } from '@playwright/test'
import { importKeyring } from '../../auth/tokens/jws.ts'
import { createAccessTokens, createRefreshTokens } from '../../auth/tokens/tokens.ts'
import { once } from '../../once.ts'
import { createCookies } from '../credentials/cookies.ts'
import { viewerOf } from './viewer.ts'

const ORIGIN = 'https://api.example.com'
const NOW_SECONDS = 1_790_000_000
const keysOf = (secret: string) => once(() => importKeyring([secret.repeat(48)]))
const deps = {
  now: () => NOW_SECONDS * 1_000,
  accessTokens: createAccessTokens({ keys: keysOf('a'), origin: ORIGIN }),
  refreshTokens: createRefreshTokens({ keys: keysOf('b'), origin: ORIGIN }),
  cookies: createCookies(ORIGIN),
}
const WHO = { sub: 'u_0123456789abcdefghij', user: 'me@home.org', sid: 's' }

function access(level: number, exp: number, keys = keysOf('a')): Promise<string> {
  const claims = { ...WHO, level, plan: 'free', iat: NOW_SECONDS - 7_200, exp, jti: 'j' }
  return createAccessTokens({ keys, origin: ORIGIN }).issue(claims)
}

function refresh(exp: number): Promise<string> {
  return deps.refreshTokens.issue({ ...WHO, seq: 1, iat: NOW_SECONDS - 7_200, exp })
}

function sent(cookies: Record<string, string>): Headers {
  const pairs = Object.entries(cookies).map(([name, value]) => `__Host-usher-${name}=${value}`)
  return new Headers({ Cookie: pairs.join('; ') })
}

const LATER = NOW_SECONDS + 3_600
const BEFORE = NOW_SECONDS - 3_600

test('a page knows who looks at it by a signed access cookie, with the level', async () => {
  const headers = sent({ access: await access(9, LATER) })
  expect(await viewerOf(headers, deps)).toEqual({ user: WHO.user, level: 9 })
})

test('where the access cookie is over the refresh cookie says who, and no level', async () => {
  const headers = sent({ access: await access(9, BEFORE), refresh: await refresh(LATER) })
  expect(await viewerOf(headers, deps)).toEqual({ user: WHO.user, level: undefined })
})

test('nobody is whoever shows nothing, what is over, or what others have signed', async () => {
  const forged = await access(9, LATER, keysOf('c'))
  for (const headers of [
    new Headers(),
    sent({ access: await access(9, BEFORE) }),
    sent({ access: forged }),
    sent({ refresh: await refresh(BEFORE) }),
    // A refresh token is no access token, nor the other way round.
    sent({ access: await refresh(LATER) }),
    sent({ refresh: await access(9, LATER) }),
    new Headers({ Authorization: `Bearer ${await access(9, LATER)}`, 'X-User-Id': WHO.sub }),
  ]) {
    expect(await viewerOf(headers, deps)).toBeUndefined()
  }
})
