import { expect, test } from '@playwright/test'
import { environmentOf, NO_STORE } from '../../../test/support/environment.ts'
import { StoreUnavailable } from '../../contract/problems.ts'
import { createDeps } from '../../deps/base.ts'
import type { StrictPolicyName } from '../../rate-limit/policies.ts'
import type { Decision } from '../../rate-limit/types.ts'
import { parseSettings } from '../../settings/settings.ts'
import { Store } from '../../store/client/store.ts'
import { Trips } from '../../store/client/trips.ts'
import type { AuthCall, Quotas } from '../types.ts'
import { logout } from './logout.ts'

// The store is away: whoever names no session does not need it.

const env = { TRUSTED_PROXY: 'proxy:1' }
const deps = createDeps(
  parseSettings(environmentOf({ origin: 'https://api.example.com', store: NO_STORE, env })),
)
const iat = Math.floor(Date.now() / 1_000) - 7_200
const session = { sub: 'u_0123456789abcdef', user: 'me@home.org', sid: 's', iat }
const refresh = () => deps.refreshTokens.issue({ ...session, exp: iat + 86_400, seq: 1 })
/** An hour over. */
const over = () =>
  deps.accessTokens.issue({ ...session, exp: iat + 3_600, level: 0, plan: 'free', jti: 'j' })

/** Logs out where the quota says this. */
async function loggedOut(sent: Partial<AuthCall<unknown>>, allowed = true) {
  const counted: unknown[] = []
  const count = async <name extends StrictPolicyName>(
    policy: name,
    partition: unknown,
  ): Promise<Decision<name>> => {
    counted.push([policy, partition])
    return {
      ...{ policy, allowed, limit: 1, windowSeconds: 60, remaining: 0, resetSeconds: 9 },
      ...{ windowNumber: 1, remembered: false },
    }
  }
  const quotas: Quotas = {
    ...{
      count,
      countQuietly: count,
      countEachQuietly: async () => [],
      show: () => undefined,
      giveBack: async () => undefined,
      giveBackLater: () => undefined,
    },
  }
  let cleared = 0
  const call: AuthCall<unknown> = {
    ...{ input: undefined, principal: undefined, presented: {}, trace: undefined, quotas },
    read: () => {
      throw new TypeError('nothing is read here')
    },
    store: new Store(deps.databases, new Trips(Date.now)),
    sentCookies: null,
    cookies: { give: () => undefined, clear: () => void cleared++, add: () => undefined },
    site: { sameOrigin: false, sameOriginFetch: false, foreign: false },
    plan: () => 'free',
    ...{ later: () => undefined, background: () => undefined, report: () => undefined },
    event: () => {
      throw new TypeError('no event here')
    },
    identify: () => undefined,
    signedInAgo: () => undefined,
    client: { address: undefined, partition: 'shared', userAgent: '' },
    ...sent,
  }
  const outcome = await logout.run(call, deps)
  return { outcome, counted, cleared }
}

test('garbage names no session: nothing is asked, and the cookies go', async () => {
  for (const input of [undefined, null, 'x', [], { refresh: 7 }, { refresh: 'x.y.z' }]) {
    const { outcome, counted, cleared } = await loggedOut({ input })
    expect(outcome, JSON.stringify(input)).toEqual({ ok: true, value: undefined })
    expect([counted, cleared]).toEqual([[], 1])
  }
})

test('an expired access token names its session, and so does a refresh token by either name', async () => {
  const token = await refresh()
  for (const sent of [
    { presented: { access: await over() } },
    {
      presented: { refresh: token, by: 'cookies' as const },
      site: { sameOrigin: true, sameOriginFetch: true, foreign: false },
    },
    { input: { refresh: token } },
    { input: { refreshToken: token } },
  ]) {
    await expect(loggedOut(sent)).rejects.toThrow(StoreUnavailable)
  }
})

test('two tokens of one session end it once', async () => {
  const presented = { access: await over() }
  const input = { refresh: await refresh() }
  const { outcome, counted } = await loggedOut({ presented, input }, false)
  expect(outcome).toMatchObject({ ok: false, code: 'quota-exceeded', retryAfterSeconds: 9 })
  expect(counted).toEqual([['refresh', { key: 's' }]])
})

test('cookies that name a session are taken from a page of this origin alone', async () => {
  const presented = { refresh: await refresh(), by: 'cookies' as const }
  for (const foreign of [true, false]) {
    const sent = { presented, site: { sameOrigin: false, sameOriginFetch: false, foreign } }
    const { outcome, counted, cleared } = await loggedOut(sent)
    expect(outcome).toMatchObject({ ok: false, code: 'csrf-failed' })
    expect([counted, cleared]).toEqual([[], 0])
  }
})

test('a form of another site, with which no cookies came, takes none away', async () => {
  const { outcome, cleared } = await loggedOut({
    site: { sameOrigin: false, sameOriginFetch: false, foreign: true },
  })
  expect([outcome.ok, cleared]).toEqual([true, 0])
})
