import { connect } from 'node:net'
import { mintApiKey } from '../lib/auth/api-keys/api-key.ts'
import { account } from '../test/support/accounts.ts'
import { type Answer, ME } from '../test/support/api.ts'
import { rateLimits } from '../test/support/environment.ts'
import { expect, isHousekeeping, test } from '../test/support/fixtures.ts'

test.use({
  environment: {
    RATE_LIMITS: rateLimits({
      ...{ anonymous: 20, user: 15, signin: 25, 'signin-account': 5, refresh: 8, write: 10 },
      ...{ mail: 10, 'mail-account': 1_000 },
    }),
    TRUSTED_PROXY: 'proxy:1',
  },
})
test.describe.configure({ mode: 'serial' })

let client = 0
/** An address of its own for each test: RFC 5737 documentation addresses. */
function nextClient(): { 'X-Forwarded-For': string } {
  return { 'X-Forwarded-For': `6.6.6.6, 203.0.113.${++client}` }
}

test('anonymous: counted by address, headers on every answer, 429 without a trip', async ({
  api,
  store,
}) => {
  const headers = nextClient()
  const statuses: number[] = []
  for (let index = 0; index < 20; index++) {
    const answer = await api.send('/api/books/emma', { headers })
    statuses.push(answer.status)
    expect(answer.headers.get('ratelimit-policy')).toBe('"anonymous";q=20;w=86400')
    expect(answer.headers.get('ratelimit')).toMatch(
      new RegExp(`^"anonymous";r=${19 - index};t=\\d+$`),
    )
  }
  expect(statuses).toEqual(Array(20).fill(200))

  // What was counted behind the answers has arrived.
  const counted = async (): Promise<unknown> => {
    const keys = (await store.call('KEYS', `limit:anonymous:203.0.113.${client}:*`)) as string[]
    return store.call('GET', keys[0] ?? '')
  }
  await expect.poll(counted).toBe('20')
  const reached = () => store.trips.filter((trip) => !isHousekeeping(trip)).length
  const before = reached()
  const denied = await api.send('/api/books/emma', { headers })
  expect(denied).toBeProblem('quota-exceeded')
  expect(denied.headers.get('ratelimit')).toMatch(/^"anonymous";r=0;t=\d+$/)
  const reset = Number(/t=(\d+)/.exec(denied.headers.get('ratelimit') ?? '')?.[1])
  expect(Number(denied.headers.get('retry-after'))).toBeGreaterThanOrEqual(reset)
  expect(denied.headers.get('server-timing')).toContain('0 trips, 0 commands')
  expect(reached()).toBe(before)

  // The left of the list is the client's own word: another one is the same client.
  const spoofed = { 'X-Forwarded-For': `1.2.3.4, 203.0.113.${client}` }
  expect((await api.send('/api/books/emma', { headers: spoofed })).status).toBe(429)
  expect((await api.send('/api/books/emma', { headers: nextClient() })).status).toBe(200)
})

test('anonymous: a burst of first requests is one first request in flight, exactly the limit passes', async ({
  api,
}) => {
  const headers = nextClient()
  const answers = await Promise.all(
    Array.from({ length: 60 }, () => api.send('/api/books/emma', { headers })),
  )
  expect(answers.filter(({ status }) => status === 200)).toHaveLength(20)
  expect(answers.filter(({ status }) => status === 429)).toHaveLength(40)
})

test('anonymous: a client that leaves while its window is opened takes no other with it', async ({
  api,
  store,
}) => {
  const headers = nextClient()
  store.proxy.fault = 400
  const { hostname, port } = new URL(api.origin)
  const leaving = connect(Number(port), hostname)
  const forwarded = `X-Forwarded-For: ${headers['X-Forwarded-For']}`
  leaving.write(`GET /api/books/emma HTTP/1.1\r\nHost: x\r\n${forwarded}\r\n\r\n`)
  const asked = () => JSON.stringify(store.trips).includes(`limit:anonymous:203.0.113.${client}:`)
  await expect.poll(asked).toBe(true)
  const beside = api.send('/api/books/emma', { headers })
  leaving.resetAndDestroy()
  expect((await beside).status).toBe(200)
  store.proxy.fault = 'none'
  expect((await api.send('/api/books/emma', { headers })).status).toBe(200)
})

test('a bad token counts as its address, and never waits', async ({ api }) => {
  const headers = { ...nextClient(), Authorization: 'Bearer not.a.token' }
  const statuses: number[] = []
  for (let index = 0; index < 25; index++) {
    const answer = await api.send('/api/movies', { headers })
    statuses.push(answer.status)
    expect(answer.headers.get('server-timing')).toContain('0 trips, 0 commands')
  }
  expect(statuses.filter((status) => status === 401).length).toBeGreaterThanOrEqual(19)
  expect(statuses.at(-1)).toBe(429)
})

test('made-up API keys that pass the checksum count as their address, and then ask nothing', async ({
  api,
}) => {
  const headers = nextClient()
  const answers: Answer[] = []
  for (let index = 0; index < 25; index++) {
    const { key } = await mintApiKey('test')
    answers.push(await api.send('/api/movies', { headers: { ...headers, 'X-API-Key': key } }))
  }
  const statuses = answers.map(({ status }) => status)
  expect(statuses).toEqual([...Array(20).fill(401), ...Array(5).fill(429)])
  for (const { headers } of answers.slice(20))
    expect(headers.get('server-timing')).toContain('0 trips, 0 commands')
})

test('where an API key opens and counts nothing, one that nobody knows costs no trip', async ({
  api,
}) => {
  const headers = { ...nextClient(), 'X-API-Key': (await mintApiKey('test')).key }
  const alive = await api.send('/api/health', { headers })
  expect(alive.status).toBe(200)
  expect(alive.headers.get('server-timing') ?? '0 trips').toContain('0 trips')
  const init = { method: 'POST', headers: { ...headers, 'Content-Type': 'text/plain' }, body: 'x' }
  // What is refused before anything is read counts as its address.
  const statuses: number[] = []
  for (let index = 0; index < 21; index++) {
    const answer = await api.send('/api/auth/signin', init)
    expect(answer.headers.get('ratelimit-policy')).toContain('"anonymous"')
    statuses.push(answer.status)
  }
  expect(statuses).toEqual([...Array(20).fill(415), 429])
})

test('made-up API keys from a /48 that is used up ask nothing, from whichever /64', async ({
  api,
  store,
}) => {
  for (let index = 0; index < 220; index++) {
    const headers = { 'X-Forwarded-For': `2001:db8:9:${index % 11}::1` }
    await api.send('/api/books/emma', { headers })
  }
  const lookups = () =>
    store.trips.flatMap(({ commands }) => commands.filter((words) => words[3]?.startsWith('key:')))
  const before = lookups().length
  for (let subnet = 100; subnet < 120; subnet++) {
    const { key } = await mintApiKey('test')
    const headers = { 'X-Forwarded-For': `2001:db8:9:${subnet}::1`, 'X-API-Key': key }
    const answer = await api.send('/api/movies', { headers })
    expect(answer).toBeProblem('quota-exceeded')
    expect(answer.headers.get('ratelimit-policy')).toBe('"anonymous";q=200;w=86400')
    expect(answer.headers.get('server-timing')).toContain('0 trips, 0 commands')
  }
  expect(lookups()).toHaveLength(before)
})

test('two credentials count as the address they come from', async ({ api }) => {
  for (const [method, path] of [
    ['GET', '/api/movies'],
    ['GET', '/api/books/emma'],
    ['POST', '/api/auth/logout'],
    ['POST', '/api/auth/signin'],
  ] as const) {
    const headers = { ...nextClient(), Authorization: 'Bearer x', 'X-API-Key': 'y' }
    const statuses: number[] = []
    for (let index = 0; index < 22; index++) {
      const answer = await api.send(path, { method, headers })
      statuses.push(answer.status)
      expect(answer.headers.get('ratelimit-policy')).toBe('"anonymous";q=20;w=86400')
      expect(answer.headers.get('ratelimit')).toContain('"anonymous";r=')
    }
    expect(statuses, path).toEqual([...Array(20).fill(400), 429, 429])
  }
})

test('a bad credential lifts no quota of a public read', async ({ api }) => {
  for (const credential of [{ Authorization: 'Bearer x' }, { 'X-API-Key': 'x' }]) {
    const headers = { ...nextClient(), ...credential }
    const answers = await Promise.all(
      Array.from({ length: 80 }, () => api.send('/api/books/emma', { headers })),
    )
    expect(answers.filter(({ status }) => status === 200)).toHaveLength(20)
  }
})

test('what one /64 is refused does not use up its /48', async ({ api }) => {
  const attempt = (address: string): Promise<Answer> =>
    api.send('/api/auth/signin', {
      method: 'POST',
      headers: { 'X-Forwarded-For': address, 'Content-Type': 'application/json' },
      body: '{"password":1}',
    })
  await Promise.all(Array.from({ length: 300 }, () => attempt('2001:db8:64:1::1')))
  expect((await attempt('2001:db8:64:2::1')).status).toBe(422)
})

test('user: counted by the subject, wherever it calls from and however it signed in', async ({
  api,
}) => {
  const sessions = [await api.signIn(), await api.signIn()]
  const statuses: number[] = []
  for (let index = 0; index < 16; index++) {
    const headers = {
      ...nextClient(),
      Authorization: `Bearer ${sessions[index % 2]?.JWT}`,
    }
    statuses.push((await api.send('/api/movies/Pulp%20Fiction', { headers })).status)
  }
  expect(statuses).toEqual([...Array(15).fill(200), 429])
})

test('signin: 200 parallel attempts from one address pass exactly the limit', async ({
  api,
  server,
}) => {
  const headers = { ...nextClient(), 'Content-Type': 'application/json' }
  const answers = await Promise.all(
    Array.from({ length: 200 }, () =>
      api.send('/api/auth/signin', { method: 'POST', headers, body: '{"password":1}' }),
    ),
  )
  const count = (status: number): number => answers.filter((each) => each.status === status).length
  // On a machine too busy to count in time some are 503, counted or not: fewer pass, never more.
  const unavailable = server
    .output()
    .match(/.*"status":503.*/g)
    ?.slice(0, 2)
  expect(count(422) + count(429) + count(503), `${unavailable}`).toBe(200)
  expect(count(422)).toBeLessThanOrEqual(25)
  if (count(503) === 0) expect(count(422)).toBe(25)
})

test('signin-account: five failures close an account, known or not; a success clears them', async ({
  api,
}) => {
  const attempt = async (user: string, password: string) => {
    const headers = { ...nextClient(), 'Content-Type': 'application/json' }
    const body = JSON.stringify({ user, password })
    return api.send('/api/auth/signin', { method: 'POST', headers, body })
  }
  for (let round = 0; round < 2; round++) {
    for (let index = 0; index < 4; index++) {
      expect((await attempt(ME.user, 'wrong')).status).toBe(401)
    }
    expect((await attempt(ME.user, ME.password)).status).toBe(200)
  }
  // Successes that overlap clear the count, and leave no credit behind.
  await Promise.all(Array.from({ length: 5 }, () => attempt(ME.user, ME.password)))
  // Nor do they lock their own user out, who mistyped before.
  for (let index = 0; index < 4; index++) await attempt(ME.user, 'wrong')
  await Promise.all([attempt(ME.user, ME.password), attempt(ME.user, ME.password)])
  expect((await attempt(ME.user, ME.password)).status).toBe(200)
  for (const user of [ME.user, 'editor@home.org', 'nobody@home.org']) {
    const statuses: number[] = []
    for (let index = 0; index < 6; index++) statuses.push((await attempt(user, 'wrong')).status)
    expect(statuses).toEqual([401, 401, 401, 401, 401, 429])
    expect(await attempt(user, 'wrong')).toBeProblem('quota-exceeded')
  }
})

test('signin-account: a stranger cannot lock the owner out of an address that signed in before', async ({
  api,
  store,
}) => {
  const { user, password } = await account(store, 'besieged@home.org')
  const from = (client: Record<string, string>, secret: string): Promise<Answer> =>
    api.send('/api/auth/signin', {
      method: 'POST',
      headers: { ...client, 'Content-Type': 'application/json' },
      body: JSON.stringify({ user, password: secret }),
    })
  const [home, stranger] = [nextClient(), nextClient()]
  expect((await from(home, password)).status).toBe(200)
  for (let index = 0; index < 5; index++) await from(stranger, 'guess')
  expect((await from(stranger, password)).status).toBe(429)
  expect((await from(nextClient(), password)).status).toBe(429)
  // Nor by an address that looks like the key of the owner's device.
  const homeAddress = home['X-Forwarded-For']?.split(', ')[1]
  for (let index = 0; index < 5; index++) {
    await api.send('/api/auth/signin', {
      method: 'POST',
      headers: { ...nextClient(), 'Content-Type': 'application/json' },
      body: JSON.stringify({ user: `${user} ${homeAddress}`, password: 'x' }),
    })
  }
  const owner = await from(home, password)
  expect(owner.status).toBe(200)
  expect(owner.headers.get('ratelimit')).toMatch(/"signin-account";r=4;/)

  // The owner's address has the same allowance, and no more.
  const statuses: number[] = []
  for (let index = 0; index < 6; index++) statuses.push((await from(home, 'mistyped')).status)
  expect(statuses).toEqual([401, 401, 401, 401, 401, 429])
  expect((await from(home, password)).status).toBe(429)
  for (const key of (await store.call('KEYS', 'devices:*')) as string[]) {
    expect(Number(await store.call('PTTL', key))).toBeGreaterThan(7_000_000_000)
  }
})

test('IPv6: the /64 has the limit, and the /48 around it ten times as much', async ({ api }) => {
  const read = (address: string): Promise<Answer> =>
    api.send('/api/books/emma', { headers: { 'X-Forwarded-For': address } })
  const one = await Promise.all(
    Array.from({ length: 20 }, (_, index) => read(`2001:db8:7:0:${index}::1`)),
  )
  expect(one.map(({ status }) => status)).toEqual(Array(20).fill(200))
  expect((await read('2001:db8:7:0:ffff::1')).status).toBe(429)
  const statuses: number[] = []
  for (let subnet = 1; subnet <= 250; subnet++) {
    statuses.push((await read(`2001:db8:7:${subnet.toString(16)}::1`)).status)
  }
  // 200 in all: 20 of the first /64 and 180 others.
  expect(statuses.filter((status) => status === 200)).toHaveLength(180)
  const denied = await read('2001:db8:7:ffff::1')
  expect(denied.headers.get('ratelimit-policy')).toBe('"anonymous";q=200;w=86400')
  expect((await read('2001:db8:8::1')).status).toBe(200)
})

for (const policy of ['write', 'mail', 'refresh'] as const) {
  test(`${policy}: 200 parallel requests pass exactly the limit`, async ({ api, store }) => {
    const credentials = await account(store, `parallel-${policy}@home.org`)
    const headers = { ...nextClient(), 'Content-Type': 'application/json' }
    let tokens: { JWT: string; refresh: string } | undefined
    await expect(async () => {
      const body = JSON.stringify(credentials)
      const signIn = await api.send('/api/auth/signin', { method: 'POST', headers, body })
      expect(signIn.status, signIn.text).toBe(200)
      tokens = signIn.body
    }).toPass()
    const { JWT, refresh } = tokens ?? { JWT: '', refresh: '' }
    const call = (): Promise<Answer> => {
      switch (policy) {
        case 'write':
          return api.send('/api/profile', {
            method: 'PATCH',
            headers: { ...headers, Authorization: `Bearer ${JWT}` },
            body: '{"name":5}',
          })
        case 'mail': {
          const body = '{"user":"parallel@home.org"}'
          return api.send('/api/auth/password/forgot', { method: 'POST', headers, body })
        }
        case 'refresh':
          return api.post('/api/auth/refresh', { refresh })
      }
    }
    // One at a time from one user: what the gate lets pass is another quota.
    const answers = await Promise.all(Array.from({ length: 200 }, call))
    const denied = answers.filter(({ headers }) =>
      headers.get('ratelimit-policy')?.includes(`"${policy}"`),
    )
    // On a machine too busy to count in time some are 503, counted or not: fewer pass, never more.
    const passed = denied.filter(({ status }) => status !== 429 && status !== 503)
    const limit = policy === 'refresh' ? 8 : 10
    expect(passed.length).toBeLessThanOrEqual(limit)
    if (!answers.some(({ status }) => status === 503)) expect(passed).toHaveLength(limit)
  })
}

test('refresh: counted by session; another session of the user goes on', async ({ api, store }) => {
  const headers = nextClient()
  const admin = store.users.find(({ level }) => level === 9)
  const credentials = { user: admin?.id, password: admin?.password }
  const signIn = async () => {
    const init = { method: 'POST', body: JSON.stringify(credentials) }
    const json = { ...headers, 'Content-Type': 'application/json' }
    return (await api.send('/api/auth/signin', { ...init, headers: json })).body
  }
  let { refresh } = await signIn()
  for (let index = 0; index < 8; index++) {
    refresh = (await api.post('/api/auth/refresh', { refresh })).body.refresh
  }
  const denied = await api.post('/api/auth/refresh', { refresh })
  expect(denied).toBeProblem('quota-exceeded')
  expect(denied.headers.get('ratelimit-policy')).toBe('"refresh";q=8;w=86400')
  const other = await signIn()
  expect((await api.post('/api/auth/refresh', { refresh: other.refresh })).status).toBe(200)
})

for (const [path, status] of [
  ['/api/auth/refresh', 401],
  ['/api/auth/logout', 204],
] as const) {
  test(`${path}: garbage in the place of a token counts as its address, and never waits`, async ({
    api,
  }) => {
    const client = { ...nextClient(), 'Content-Type': 'application/json' }
    const garbage: [headers: Record<string, string>, body: string, status: number][] = [
      [{}, '{"refresh":"not.a.token"}', status],
      [{}, '{"refresh":', status === 204 ? 204 : 400],
      [{}, '{}', status === 204 ? 204 : 422],
      [{ Authorization: 'Bearer not.a.token' }, '{"refresh":"not.a.token"}', status],
      [{ 'Content-Encoding': 'gzip' }, '{"refresh":"not.a.token"}', 415],
    ]
    for (let index = 0; index < 24; index++) {
      const [headers, body, expected] = garbage[index % garbage.length] ?? [{}, '', 0]
      const init = { method: 'POST', headers: { ...client, ...headers }, body }
      const answer = await api.send(path, init)
      // Where gate and endpoint are apart, each hears of the other's counts by its own next one.
      if (index < 20 && answer.status !== 429) expect(answer.status, body).toBe(expected)
      expect(answer.headers.get('ratelimit-policy')).toBe('"anonymous";q=20;w=86400')
      expect(answer.headers.get('ratelimit')).toMatch(/^"anonymous";r=\d+;t=\d+$/)
      expect(answer.headers.get('server-timing')).toContain('0 trips, 0 commands')
      if (index === 0) expect(answer.status).toBe(status)
    }
    const denied = async () => {
      const init = { method: 'POST', headers: client, body: '{"refresh":"not.a.token"}' }
      return api.send(path, init)
    }
    await expect.poll(denied).toBeProblem('quota-exceeded')
  })
}

test('garbage uses up no session’s refresh, nor does a good token use up its address', async ({
  api,
  store,
}) => {
  const headers = { ...nextClient(), 'Content-Type': 'application/json' }
  const user = await account(store, 'beside-garbage@home.org')
  const signIn = { method: 'POST', headers, body: JSON.stringify(user) }
  let { refresh } = (await api.send('/api/auth/signin', signIn)).body
  const exchange = (token: string): Promise<Answer> =>
    api.send('/api/auth/refresh', { method: 'POST', headers, body: `{"refresh":"${token}"}` })
  let status = 401
  while (status === 401) ({ status } = await exchange('garbage'))
  expect(status).toBe(429)
  for (let index = 0; index < 3; index++) {
    const answer = await exchange(refresh)
    expect(answer.status, answer.text).toBe(200)
    expect(answer.headers.get('ratelimit-policy')).toBe('"refresh";q=8;w=86400')
    refresh = answer.body.refresh
  }
})

test('every limit key in the store has an end', async ({ store }) => {
  const limits = (await store.call('KEYS', 'limit:*')) as string[]
  expect(limits.length).toBeGreaterThan(5)
  for (const key of limits) {
    expect(Number(await store.call('PTTL', key)), key).toBeGreaterThan(0)
    // Subjects are counted by their id; accounts that somebody tries, by a keyed hash.
    if (!/^limit:(user|write):/.test(key)) expect(key).not.toContain('@')
  }
})
