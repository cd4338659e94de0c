import assert from 'node:assert/strict'
import { expect, test } from '@playwright/test'
import { parseCookie, stringifySetCookie } from 'cookie'
import fc from 'fast-check'
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

test('a header is read as the package cookie reads it, and a pair is written as it writes it', () => {
  const part = fc.constantFrom(
    ...['__Host-usher-access', 'usher-access', '__Host-usher-refresh', '__proto__', 'a'],
    ...['=', '=', ';', ' ', '\t', '\u00a0', '"', '%20', 'x.y', ','],
  )
  fc.assert(
    fc.property(fc.array(part, { maxLength: 20 }), (parts) => {
      const header = parts.join('')
      const found = parseCookie(header, { decode: (text) => text })
      const [access, refresh] = ['access', 'refresh'].map((kind) => found[`__Host-usher-${kind}`])
      const expected =
        access === undefined && refresh === undefined ? undefined : { access, refresh }
      // An `expect` takes longer than what it looks at.
      const read = createCookies(origin).read({ get: () => header } as never)
      assert.equal(JSON.stringify(read), JSON.stringify(expected))
    }),
    { numRuns: 2_000 },
  )
  const tokens = { JWT: 'a.b-c_d', refresh: 'e.f', expiresIn: 60, refreshExpiresIn: 0 }
  for (const from of [origin, 'http://127.0.0.1:3000']) {
    const secure = from === origin
    const written = (kind: string, value: string, maxAge: number): string =>
      stringifySetCookie({
        name: `${secure ? '__Host-' : ''}usher-${kind}`,
        ...{ value, maxAge, path: '/', httpOnly: true, secure, sameSite: 'lax' },
      })
    expect(createCookies(from).issue(tokens as never)).toEqual([
      written('access', 'a.b-c_d', 60),
      written('refresh', 'e.f', 0),
    ])
  }
})

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
