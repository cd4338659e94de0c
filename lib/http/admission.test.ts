import { expect, test } from '@playwright/test'
import { environmentOf, NO_STORE } from '../../test/support/environment.ts'
import { mintApiKey } from '../auth/api-keys/api-key.ts'
import { contract, type Operation } from '../contract/operations.ts'
import { StoreUnavailable } from '../contract/problems.ts'
import { createDeps } from '../deps/base.ts'
import { parseSettings } from '../settings/settings.ts'
import { Store } from '../store/client/store.ts'
import { Trips } from '../store/client/trips.ts'
import { admit } from './admission.ts'
import type { Caller } from './credentials/present.ts'
import { isForeign, isSameOrigin } from './csrf.ts'
import { findRoute } from './router.ts'

// The store is away: whatever is decided here is decided before it is asked.

const ORIGIN = 'https://api.example.com'
const METRICS_TOKEN = 'a-token-for-metrics-of-thirty-two-bytes'
const env = { TRUSTED_PROXY: 'proxy:1', METRICS_TOKEN }
const deps = createDeps(parseSettings(environmentOf({ origin: ORIGIN, store: NO_STORE, env })))
const iat = Math.floor(Date.now() / 1_000) - 5
const session = { sub: 'u_0123456789abcdef', user: 'me@home.org', sid: 's', iat, exp: iat + 3_600 }
const access = () => deps.accessTokens.issue({ ...session, level: 9, plan: 'free', jti: 'j' })
const refresh = () => deps.refreshTokens.issue({ ...session, seq: 1 })

async function admitted(row: Operation, sent: Record<string, string>) {
  const match = findRoute(row.path.replace(/\{\w+\}/g, 'x'))
  if (typeof match === 'string') throw new Error(match)
  const headers = new Headers(sent)
  const trips = new Trips(Date.now)
  const callers: Caller[] = []
  const admission = await admit(row, match, {
    headers,
    deps,
    store: new Store(deps.databases, trips),
    cookies: { give: () => undefined, clear: () => undefined, add: () => undefined },
    site: {
      sameOrigin: isSameOrigin(headers, ORIGIN),
      sameOriginFetch: headers.get('sec-fetch-site') === 'same-origin',
      foreign: isForeign(headers, ORIGIN),
    },
    report: () => undefined,
    identify: (caller) => void callers.push(caller),
  })
  return { admission, trips, callers }
}

test('nobody and a bad credential are refused at a door for users, without a trip', async () => {
  for (const [sent, code] of [
    [{}, 'authentication-required'],
    [{ Authorization: 'Bearer x.y.z' }, 'invalid-token'],
    [{ Authorization: `Bearer ${await refresh()}` }, 'invalid-token'],
    [{ 'X-API-Key': 'x' }, 'invalid-token'],
    [{ Cookie: '__Host-usher-access=x' }, 'invalid-token'],
    [{ 'X-API-Key': 'x', Authorization: 'Bearer x' }, 'invalid-request'],
  ] as const) {
    const { admission, trips } = await admitted(contract.readProfile, sent)
    expect(admission, JSON.stringify(sent)).toMatchObject({ ok: false, code })
    expect(trips.count).toBe(0)
  }
})

test('what gives cookies is for pages of this origin and for programs', async () => {
  for (const row of [contract.login, contract.logInByPasskey]) {
    for (const sent of [
      { 'Sec-Fetch-Site': 'cross-site' },
      { 'Sec-Fetch-Site': 'same-site', Origin: ORIGIN },
      { Origin: 'https://evil.example' },
      { Origin: 'null' },
    ]) {
      const { admission, trips } = await admitted(row, sent)
      expect(admission, JSON.stringify(sent)).toMatchObject({ ok: false, code: 'csrf-failed' })
      expect(trips.count).toBe(0)
    }
    for (const sent of [{}, { 'Sec-Fetch-Site': 'same-origin' }, { Origin: ORIGIN }]) {
      expect((await admitted(row, sent)).admission).toMatchObject({ ok: true })
    }
  }
})

test('where nobody has to sign in, no credential is looked into', async () => {
  for (const sent of [{}, { Authorization: 'Bearer x' }, { 'X-API-Key': 'x' }]) {
    const { admission, trips } = await admitted(contract.signIn, sent)
    expect(admission).toMatchObject({ ok: true, value: { principal: undefined, signed: false } })
    expect(trips.count).toBe(0)
  }
})

test('a read leaves the proof to the trip that fetches its data, and says whose it is', async () => {
  const sent = { Authorization: `Bearer ${await access()}` }
  const { admission, trips, callers } = await admitted(contract.readProfile, sent)
  expect(admission).toMatchObject({
    ok: true,
    value: {
      signed: true,
      principal: { accountId: session.sub, userId: session.user, sessionId: 's' },
    },
  })
  expect(trips.count).toBe(0)
  expect(callers).toContainEqual({ session: 's', user: session.sub })
})

test('a change is proven before anything is done: without a store it is not done', async () => {
  const sent = { Authorization: `Bearer ${await access()}` }
  await expect(admitted(contract.changeProfile, sent)).rejects.toThrow(StoreUnavailable)
})

test('an API key opens collections alone, and an operation without one asks nobody about it', async () => {
  const { key } = await mintApiKey('live')
  for (const row of [contract.readProfile, contract.createKey, contract.listUsers]) {
    const { admission, trips } = await admitted(row, { 'X-API-Key': key })
    expect(admission, row.path).toMatchObject({ ok: false, code: 'insufficient-scope' })
    expect(trips.count).toBe(0)
  }
})

test('a page of another site does not have a pair renewed by changing something', async () => {
  const Cookie = `__Host-usher-refresh=${await refresh()}`
  for (const more of [
    { 'Sec-Fetch-Site': 'cross-site' },
    { 'Sec-Fetch-Site': 'same-site', Origin: ORIGIN },
    { Origin: 'https://evil.example.org' },
    {},
  ]) {
    const { admission, trips } = await admitted(contract.changeProfile, { Cookie, ...more })
    expect(admission, JSON.stringify(more)).toMatchObject({ ok: false, code: 'csrf-failed' })
    expect(trips.count, 'nothing is rotated').toBe(0)
  }
})

test('a page of this origin does: the rotation is the proof', async () => {
  const Cookie = `__Host-usher-refresh=${await refresh()}`
  const own = { Cookie, 'Sec-Fetch-Site': 'same-origin' }
  await expect(admitted(contract.changeProfile, own)).rejects.toThrow(StoreUnavailable)
})

test('the token of the metrics opens its operation, as nobody', async () => {
  const Authorization = `Bearer ${METRICS_TOKEN}`
  const { admission, trips } = await admitted(contract.readMetrics, { Authorization })
  expect(admission).toMatchObject({ ok: true, value: { principal: undefined, presented: {} } })
  expect(trips.count).toBe(0)
  const other = await admitted(contract.listUsers, { Authorization })
  expect(other.admission).toMatchObject({ ok: false, code: 'invalid-token' })
})
