import { expect, test } from '@playwright/test'
import { environmentOf, NO_STORE } from '../../../test/support/environment.ts'
import { createDeps } from '../../deps/base.ts'
import { parseSettings } from '../../settings/settings.ts'
import { grant } from './grant.ts'

const NOW = 1_790_000_000_000
const HOLDER = { accountId: 'u_0123456789abcdef', userId: 'me@home.org', sessionId: 's' }
const env = { TRUSTED_PROXY: 'proxy:1', ACCESS_TOKEN_TTL: '3600' }
const settings = parseSettings(
  environmentOf({ origin: 'https://api.example.com', store: NO_STORE, env }),
)

/** A pair of a session that the store's clock ends so many seconds from now. */
async function granted(idleSeconds: number, appClockMs = NOW) {
  const deps = createDeps(settings, () => appClockMs)
  const session = {
    seq: 3,
    at: NOW - 5_000,
    idle: NOW + idleSeconds * 1_000,
    now: NOW,
    level: 5,
    plan: 'pro',
  }
  const tokens = await grant(deps, 'Logged in', HOLDER, session)
  const access = await deps.accessTokens.verify(tokens.JWT, appClockMs)
  const refresh = await deps.refreshTokens.verify(tokens.refresh)
  if (!access.ok || !refresh.ok) throw new Error('a token does not verify')
  return { tokens, access: access.value, refresh: refresh.value }
}

test('both tokens are of the session, and the answer says how long they live', async () => {
  const { tokens, access, refresh } = await granted(86_400)
  expect(tokens).toMatchObject({
    ...{ message: 'Logged in', tokenType: 'Bearer', expiresIn: 3_600, refreshExpiresIn: 86_400 },
    content: { user: 'me@home.org', level: 5 },
  })
  expect(access).toMatchObject({ sub: HOLDER.accountId, sid: 's', level: 5, plan: 'pro' })
  expect(access.exp - access.iat).toBe(3_600)
  expect(refresh).toMatchObject({ sub: HOLDER.accountId, sid: 's', seq: 3 })
})

test('no access token outlives its session', async () => {
  const { tokens, access } = await granted(90)
  expect([tokens.expiresIn, tokens.refreshExpiresIn]).toEqual([90, 90])
  expect(access.exp - access.iat).toBe(90)
})

test('repeating a rotation gives the same refresh token, and another access token', async () => {
  const [first, again] = [await granted(86_400), await granted(86_400)]
  expect(again.tokens.refresh).toBe(first.tokens.refresh)
  expect(again.access.jti).not.toBe(first.access.jti)
})

test('an application clock that is off changes nothing of a refresh token', async () => {
  const right = await granted(86_400)
  for (const minutes of [-5, 5]) {
    const off = await granted(86_400, NOW + minutes * 60_000)
    expect(off.tokens.refresh).toBe(right.tokens.refresh)
    expect(off.tokens.refreshExpiresIn).toBe(86_400)
  }
})
