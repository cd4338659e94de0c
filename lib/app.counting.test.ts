import { expect, test } from '@playwright/test'
import type { Trip } from '../local/gateway/server.ts'
import { isCounting } from '../test/support/fixtures.ts'
import type { InProcess } from '../test/support/in-process.ts'
import { startApi } from '../test/support/start-api.ts'
import { limiterOptions } from './deps/base.ts'
import { HotLimiter } from './rate-limit/hot.ts'

const USERS = 200
/** So many that what is done once in several requests of a session is seen. */
const ROUNDS = 11
/** As an isolate with some work to do; more a second are fewer calls for each. */
const REQUESTS_A_SECOND = 200

/** What a get may bring to the store, of the users in turn, with their windows open. */
const MOST = {
  calls: 1.1,
  commands: 1.3,
  counting: { calls: 0.1, commands: 0.3 },
}

/** A clock that goes on with the requests, however busy the machine is. */
const clock = {
  at: Date.now(),
  timers: [] as { at: number; wake: () => void }[],
  now: (): number => clock.at,
  sleep: (milliseconds: number): Promise<void> =>
    new Promise((wake) => clock.timers.push({ at: clock.at + milliseconds, wake })),
  pass: (milliseconds: number): void => {
    clock.at += milliseconds
    for (const { wake } of clock.timers.filter(({ at }) => at <= clock.at)) wake()
    clock.timers = clock.timers.filter(({ at }) => at > clock.at)
  },
}

let api: InProcess
test.beforeAll(async () => {
  api = await startApi({
    host: 'in-process',
    deps: (settings) => ({
      hotLimiter: new HotLimiter({
        ...limiterOptions(settings, clock.now),
        sleep: clock.sleep,
        randomId: () => 'isolate',
      }),
    }),
  })
})
test.afterAll(() => api.stop())

async function signIn(user: string): Promise<string> {
  const answer = await api.ask('/api/auth/signin', {
    method: 'POST',
    headers: { 'Content-Type': 'application/json' },
    body: JSON.stringify({ user, password: 'password' }),
  })
  const { JWT } = await answer.json()
  return JWT
}

function perRequest(trips: readonly Trip[], requests: number): { calls: number; commands: number } {
  const commands = trips.reduce((sum, trip) => sum + trip.commands.length, 0)
  return { calls: trips.length / requests, commands: commands / requests }
}

test(`${USERS} users in turn: one call for what all were admitted, a few times a second`, async () => {
  test.setTimeout(300_000)
  await api.command('HSET', 'movie:Pulp Fiction', 'director', 'Quentin Tarantino', 'year', '1994')
  const tokens: string[] = []
  for (let index = 0; index < USERS; index++) {
    await api.account(`user${index}@home.org`)
    tokens.push(await signIn(`user${index}@home.org`))
  }
  const get = async (token: string): Promise<void> => {
    const headers = { Authorization: `Bearer ${token}` }
    const { status } = await api.ask('/api/movies/Pulp%20Fiction', { headers })
    if (status !== 200) throw new Error(`a get was answered with ${status}`)
    clock.pass(1_000 / REQUESTS_A_SECOND)
  }
  const settled = async (): Promise<void> => {
    clock.pass(1_000)
    await api.settled()
  }
  for (const token of tokens) await get(token)
  await settled()

  api.trips.length = 0
  for (let round = 0; round < ROUNDS; round++) {
    for (const token of tokens) await get(token)
  }
  await settled()
  const counting = perRequest(api.trips.filter(isCounting), USERS * ROUNDS)
  const all = perRequest(api.trips, USERS * ROUNDS)
  expect(counting.calls).toBeLessThanOrEqual(MOST.counting.calls)
  expect(counting.commands).toBeLessThanOrEqual(MOST.counting.commands)
  expect(all.calls).toBeLessThanOrEqual(MOST.calls)
  expect(all.commands).toBeLessThanOrEqual(MOST.commands)

  // Not one is missing: each user's window has the round that opened it, and the others.
  const keys = (await api.command('KEYS', 'limit:user:*')) as Buffer[]
  const counts = await Promise.all(keys.map((key) => api.command('GET', String(key))))
  const sum = counts.reduce((total: number, count) => total + Number(String(count)), 0)
  expect(sum).toBe(USERS * (1 + ROUNDS))
})
