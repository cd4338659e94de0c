import { expect, test } from '@playwright/test'
import { type InProcess, QUICK_HASH, startInProcess } from '../test/support/in-process.ts'
import { type OwnStore, startStore } from '../test/support/store.ts'
import { TELL_USAGE } from './store/scripts/tell-usage.ts'
import type { UsageReport } from './usage/read-usage.ts'

/** The middle of an hour, so that the clock of the tests can go on. */
const START = Date.UTC(2026, 10, 26, 14, 30)
/** A soak sends more. */
const REQUESTS = Number(process.env['SOAK_REQUESTS'] ?? 960)
const TURN = 48
const PLANS = JSON.stringify({ small: { minute: 100_000, month: 150 }, slow: { minute: 5 } })

let store: OwnStore
let api: InProcess
let clock = START
/** What every instance wrote to its log, the ended ones too. */
const logs: string[][] = []

async function start(): Promise<InProcess> {
  const started = await startInProcess({
    host: 'in-process',
    store,
    now: () => clock,
    env: { PLANS, TRUSTED_PROXY: 'proxy:1', ACCESS_TOKEN_TTL: '24h' },
  })
  logs.push(started.logged)
  return started
}

test.beforeAll(async () => {
  store = await startStore('redis')
  api = await start()
})
test.afterAll(async () => {
  await api.stop()
  await store.stop()
})

const bearer = (token: string) => ({ Authorization: `Bearer ${token}` })

interface Member {
  user: string
  id: string
  token: string
}

async function enter(user: string, fields: Record<string, string> = {}): Promise<Member> {
  const account = { password: QUICK_HASH, level: '0', ...fields }
  await store.command('HSET', `user:${user}`, ...Object.entries(account).flat())
  const answer = await api.send('signIn', { body: { user, password: 'password' } })
  expect(answer.status, await answer.clone().text()).toBe(200)
  const { JWT } = await answer.json()
  const { sub } = JSON.parse(Buffer.from(JWT.split('.')[1], 'base64url').toString())
  return { user, id: sub, token: JWT }
}

async function usageOf(token: string, query = ''): Promise<UsageReport> {
  const answer = await api.ask(`/api/usage${query}`, { headers: bearer(token) })
  expect(answer.status, await answer.clone().text()).toBe(200)
  return answer.json()
}

interface Line {
  time: string
  operation: string
  user: string
  key?: string
  status: number
}

/** The request log of a user, of what a quota counts. */
function logOf(member: Member): Line[] {
  return logs
    .flat()
    .map((line) => JSON.parse(line))
    .filter((line) => line.event === 'request' && line.user === member.id)
    .filter(({ operation }) => !['POST /api/auth/signin', 'GET /api/health'].includes(operation))
}

/** What a log comes to, by something of its lines. */
function sums(lines: readonly Line[], by: (line: Line) => string): Record<string, number[]> {
  const found: Record<string, number[]> = {}
  for (const line of lines) {
    const name = by(line)
    found[name] ??= [0, 0, 0]
    const [requests = 0, denied = 0, errors = 0] = found[name]
    const isDenied = line.status === 429
    found[name] = [
      requests + 1,
      denied + (isDenied ? 1 : 0),
      errors + (line.status >= 400 && !isDenied ? 1 : 0),
    ]
  }
  return found
}

function told(report: UsageReport, name: 'time' | 'operation' | 'key'): Record<string, number[]> {
  const found: Record<string, number[]> = {}
  for (const row of report.data) {
    const [requests = 0, denied = 0, errors = 0] = found[row[name] ?? ''] ?? []
    const counts = [requests + row.requests, denied + row.denied, errors + row.errors]
    found[row[name] ?? ''] = counts
  }
  return found
}

test('usage is the request log, by hour, operation and API key, after requests of all kinds and restarts', async () => {
  test.setTimeout(300_000)
  await store.command('HSET', 'movie:Pulp Fiction', 'director', 'Quentin Tarantino', 'year', '1994')
  const members = [
    await enter('one@home.org'),
    await enter('month@home.org', { plan: 'small' }),
    await enter('slow@home.org', { plan: 'slow' }),
  ]
  const keys = await Promise.all(
    members.map(async ({ token }) => {
      const body = { name: 'K', scopes: ['movies:read'] }
      const made = await api.send('createKey', { body }, bearer(token))
      return (await made.json()).key as string
    }),
  )
  const kinds: ((member: Member, key: string) => Promise<Response>)[] = [
    ({ token }) => api.ask('/api/movies/Pulp%20Fiction', { headers: bearer(token) }),
    ({ token }) => api.ask('/api/movies?limit=1', { headers: bearer(token) }),
    ({ token }) => api.ask('/api/movies/nothing', { headers: bearer(token) }),
    ({ token }) => api.ask('/api/profile?x=1', { headers: bearer(token) }),
    ({ token }) => api.ask('/api/users', { headers: bearer(token) }),
    ({ token }) => api.ask('/api/books?limit=1', { headers: bearer(token) }),
    ({ token }) => api.ask('/api/openapi.json', { headers: bearer(token), method: 'HEAD' }),
    ({ token }) => api.ask('/api/keys', { headers: bearer(token), method: 'POST', body: '{' }),
    (_, key) => api.ask('/api/movies/Pulp%20Fiction', { headers: { 'X-API-Key': key } }),
    (_, key) => api.ask('/api/movies', { headers: { 'X-API-Key': key } }),
    (_, key) => api.ask('/api/reviews?limit=1', { headers: { 'X-API-Key': key } }),
    (_, key) => api.ask('/api/profile', { headers: { 'X-API-Key': key } }),
    // Nobody's: no credential, one that does not hold, and what no quota counts.
    () => api.ask('/api/movies'),
    () => api.ask('/api/movies', { headers: bearer('x.y.z') }),
    ({ token }) => api.ask('/api/health', { headers: bearer(token) }),
    ({ token }) => api.ask('/api/nowhere', { headers: bearer(token) }),
  ]
  for (let begun = 0; begun < REQUESTS; begun += TURN) {
    const some = Array.from({ length: TURN }, (_, index) => {
      const kind = kinds[(begun + index) % kinds.length]
      const who = Math.floor((begun + index) / kinds.length) % members.length
      const member = members[who]
      if (kind === undefined || member === undefined) throw new TypeError('nobody')
      return kind(member, keys[who] ?? '')
    })
    await Promise.all(some)
    clock += 7_200_000 / (REQUESTS / TURN)
    if (begun % (TURN * 8) === 0) {
      // Another isolate goes on.
      await api.settled()
      await api.stop()
      api = await start()
    }
  }
  await api.settled()

  const [from, to] = [START, clock].map((at) => new Date(at).toISOString().slice(0, 10))
  const days = `from=${from}&to=${to}`
  for (const member of members) {
    const asked = logOf(member)
    expect(asked.length).toBeGreaterThan(100)
    expect(asked.some(({ status }) => status === 429)).toBe(member.user !== 'one@home.org')
    // Another account asks: the questions would count, too.
    const admin = await enter(`admin-of-${member.user}`, { level: '9' })
    const ask = async (query: string): Promise<UsageReport> => {
      const path = `/api/users/${member.id}/usage?${days}${query}`
      const answer = await api.ask(path, { headers: bearer(admin.token) })
      expect(answer.status, await answer.clone().text()).toBe(200)
      return answer.json()
    }
    const all = sums(asked, () => '')['']
    const byDay = await ask('')
    const { requests, denied, errors } = byDay.total
    expect([requests, denied, errors], member.user).toEqual(all)
    const byHour = await ask('&by=hour')
    expect(byHour.data.length).toBeGreaterThan(1)
    expect(byHour.data[0]?.time).toBe('2026-11-26T14:00:00Z')
    const total = Object.values(told(byHour, 'time')).reduce((sum, [count = 0]) => sum + count, 0)
    expect([total, byHour.total]).toEqual([requests, byDay.total])
    const byOperation = await ask('&split=operation')
    expect(told(byOperation, 'operation')).toEqual(sums(asked, ({ operation }) => operation))
    expect(told(await ask('&split=key'), 'key')).toEqual(sums(asked, ({ key }) => key ?? ''))
    // A machine that is too busy counts alone for a while, and says so.
    const isWhole = !logs.flat().some((line) => line.includes('"quota.not-counted"'))
    if (isWhole) expect(byDay.month.used).toBe(requests - denied)
  }

  const top = await api.ask(`/api/usage/top?date=${from}`, {
    headers: bearer((await enter('admin@home.org', { level: '9' })).token),
  })
  const { data } = await top.json()
  expect(
    data
      .slice(0, 3)
      .map(({ user }: { user: { id: string } }) => user.id)
      .sort(),
  ).toEqual(members.map(({ id }) => id).sort())
  expect(data[0]).toEqual({
    user: {
      id: expect.any(String),
      user: expect.stringContaining('@home.org'),
      plan: expect.any(String),
    },
    requests: expect.any(Number),
    denied: expect.any(Number),
    errors: expect.any(Number),
  })
})

test('an isolate that is ended loses what it could not tell, and the next counts nothing twice', async () => {
  const member = await enter('ended@home.org')
  for (let index = 0; index < 5; index++) {
    await api.ask('/api/profile', { headers: bearer(member.token) })
  }
  await api.settled()
  for (let index = 0; index < 3; index++) {
    await api.ask('/api/profile', { headers: bearer(member.token) })
  }
  // It has not told these three: nobody lets its timers go on.
  api = await start()
  for (let index = 0; index < 2; index++) {
    await api.ask('/api/profile', { headers: bearer(member.token) })
  }
  await api.settled()
  const { total } = await usageOf(member.token, '')
  expect([7, 10]).toContain(total.requests)
})

test('the range of dates is checked, and each fault says where it is', async () => {
  const { token } = await enter('dates@home.org')
  for (const [query, pointers] of [
    ['?from=2026-11-31', ['#/from']],
    ['?to=26.11.2026', ['#/to']],
    ['?from=2026-11-02&to=2026-11-01', ['#/from']],
    ['?from=2026-08-27&to=2026-11-27', ['#/from']],
    ['?by=hour&from=2026-11-01&to=2026-11-09', ['#/from']],
    ['?by=week', ['#/by']],
    ['?split=user', ['#/split']],
    ['?since=2026-11-01', ['#/since']],
  ] as const) {
    const answer = await api.ask(`/api/usage${query}`, { headers: bearer(token) })
    expect(answer.status, query).toBe(422)
    const { errors } = await answer.json()
    expect(
      errors.map(({ pointer }: { pointer: string }) => pointer),
      query,
    ).toEqual(pointers)
  }
  for (const query of [
    '?from=2026-08-27&to=2026-11-26',
    '?by=hour&from=2026-11-01&to=2026-11-08',
  ]) {
    const answer = await api.ask(`/api/usage${query}`, { headers: bearer(token) })
    expect(answer.status, query).toBe(200)
  }
})

test('usage is its owner’s and an admin’s', async () => {
  const { token, id } = await enter('mine@home.org')
  for (const [path, headers, status] of [
    ['/api/usage', {}, 401],
    [`/api/users/${id}/usage`, bearer(token), 403],
    ['/api/usage/top', bearer(token), 403],
  ] as const) {
    expect((await api.ask(path, { headers })).status, path).toBe(status)
  }
  const { token: admin } = await enter('boss@home.org', { level: '9' })
  const nobody = await api.ask('/api/users/nobody@home.org/usage', { headers: bearer(admin) })
  expect(nobody.status).toBe(404)
})

test('what is kept goes with the account, and what is told later is dropped; else it goes after 400 days', async () => {
  const gone = await enter('gone@home.org')
  const stays = await enter('stays@home.org')
  for (const { token } of [gone, stays]) {
    await api.ask('/api/profile', { headers: bearer(token) })
  }
  await api.settled()
  const of = async ({ id }: Member): Promise<string[]> => {
    const found = await store.command('KEYS', `usage:${id}:*`)
    return Array.isArray(found) ? found.map(String) : []
  }
  expect(await of(gone)).toHaveLength(2)
  for (const key of await of(stays)) {
    const days = Number(await store.command('PTTL', key)) / 86_400_000
    // The clock of the tests is not the store's.
    expect(Math.abs(days - 400 - (clock - Date.now()) / 86_400_000)).toBeLessThan(2)
  }
  const { token: admin } = await enter('deleter@home.org', { level: '9' })
  // On its way while the account goes.
  await api.ask('/api/books?limit=1', { headers: bearer(gone.token) })
  const deleted = await api.ask(`/api/users/${gone.id}`, {
    method: 'DELETE',
    headers: bearer(admin),
  })
  expect(deleted.status).toBe(204)
  await api.ask('/api/books?limit=1', { headers: bearer(gone.token) })
  await api.settled()
  expect(await of(gone)).toEqual([])
  const day = new Date(clock).toISOString().slice(0, 10)
  expect(await store.command('ZSCORE', `usage:top:${day}`, gone.id)).toBeNull()
  expect(await of(stays)).toHaveLength(2)
})

test('a telling that comes again, with its number, adds nothing', async () => {
  const day = '2026-11-26'
  const [, keys, args] = TELL_USAGE.command(
    {
      toldKey: 'limit:told:again',
      topKey: `usage:top:${day}`,
      earlierTopKey: 'usage:top:2026-11-24',
      goneKey: 'usage:gone',
      hourKeys: ['usage:again:2026-11-26'],
      dayKeys: ['usage:again:2026-11'],
    },
    {
      ...{ number: 1, keep: 60_000, day: '26', dayEnd: 4e12, monthEnd: 4e12 },
      ...{ subjects: ['again'], owners: [1], fields: ['14 r'], adds: [3] },
    },
  )
  for (const _time of [1, 2]) {
    await store.command('EVAL', TELL_USAGE.body, String(keys.length), ...keys, ...args)
  }
  expect(String(await store.command('HGET', 'usage:again:2026-11-26', '14 r'))).toBe('3')
  expect(String(await store.command('HGET', 'usage:again:2026-11', '26 r'))).toBe('3')
})
