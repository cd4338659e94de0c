import { account } from '../test/support/accounts.ts'
import type { Answer, Api } from '../test/support/api.ts'
import { expect, type Options, type TestStore, test } from '../test/support/fixtures.ts'
import { runProgram } from '../test/support/processes.ts'
import { startApi } from '../test/support/start-api.ts'

/** The address of a client is what a proxy in front says. */
test.use({ environment: { TRUSTED_PROXY: 'proxy:1' } })

const PATH = '/api/movies/Pulp%20Fiction'

/** Calls from the first request of another isolate on: what was made before is in force there. */
async function elsewhere(
  host: Options['host'],
  store: TestStore,
  origin: string,
  call: (api: Api) => Promise<void>,
): Promise<void> {
  const there = await startApi({
    host,
    store: store.gateway,
    // The same issuer: tokens are good there too.
    env: { APP_ORIGIN: origin, TRUSTED_PROXY: 'proxy:1' },
  })
  await call(there.api)
  await there.stop()
}

function remove(api: Api, id: string, JWT: string): Promise<Answer> {
  const headers = { Authorization: `Bearer ${JWT}` }
  return api.send(`/api/blocks/${id}`, { method: 'DELETE', headers })
}

test('a network, an account and an API key are kept out, with the same bytes, until they are let in', async ({
  api,
  store,
  server,
  host,
}) => {
  const { JWT } = await api.signIn(await account(store, 'keeper@home.org', { level: '9' }))
  const kept = await api.signIn(await account(store, 'kept@home.org'))
  const other = await api.signIn(await account(store, 'other-user@home.org'))
  const keyOf = async (token: string): Promise<{ id: string; key: string }> =>
    (await api.post('/api/keys', { name: 'k', scopes: ['movies:read'] }, token)).body
  const [keptKey, otherKey, spareKey] = [
    await keyOf(kept.JWT),
    await keyOf(other.JWT),
    await keyOf(other.JWT),
  ]
  const blocks = []
  for (const blocked of [
    { address: '198.51.100.77/24' },
    { address: '2001:db8:1:2::/64' },
    { user: ' Kept@Home.ORG' },
    { key: otherKey.id },
  ]) {
    const made = await api.post('/api/blocks', { ...blocked, reason: 'A te\u202est' }, JWT)
    expect(made.status, made.text).toBe(201)
    expect(made.headers.get('location')).toBe(`/api/blocks/${made.body.id}`)
    blocks.push(made.body)
  }
  expect(blocks[0]).toEqual({
    id: expect.any(String),
    address: '198.51.100.0/24',
    reason: 'A test',
    by: expect.stringMatching(/^u_/),
    createdAt: expect.stringMatching(/^20\d\d-/),
    until: null,
  })
  const listed = await api.get('/api/blocks', JWT)
  expect(listed.body).toEqual({ data: blocks.toReversed(), nextCursor: null })

  const from = (address: string) => ({ 'X-Forwarded-For': address })
  const keptOut = [
    from('198.51.100.200'),
    from('::ffff:198.51.100.200'),
    { ...from('2001:db8:1:2:3::4'), Authorization: `Bearer ${other.JWT}` },
    { Authorization: `Bearer ${kept.JWT}` },
    { Cookie: `usher-access=${kept.JWT}; usher-refresh=${kept.refresh}` },
    { 'X-API-Key': keptKey.key },
    { 'X-API-Key': otherKey.key },
  ]
  const letIn = [
    { ...from('198.51.101.1'), Authorization: `Bearer ${other.JWT}` },
    { ...from('2001:db8:1:3::4'), 'X-API-Key': spareKey.key },
  ]
  await elsewhere(host, store, server.origin, async (there) => {
    const bodies = new Set<string>()
    for (const headers of keptOut) {
      const answer = await there.send(PATH, { headers })
      expect(answer, JSON.stringify(headers)).toBeProblem('blocked')
      bodies.add(JSON.stringify({ ...answer.body, requestId: '' }))
    }
    expect(bodies.size).toBe(1)
    for (const headers of letIn) expect((await there.send(PATH, { headers })).status).toBe(200)
    // Where it is not read, and where a use case counts by itself.
    const signIn = { user: 'other-user@home.org', password: 'password' }
    const init = { method: 'POST', body: JSON.stringify(signIn) }
    const type = { 'Content-Type': 'application/json' }
    const refused = await there.send('/api/auth/signin', {
      ...init,
      headers: { ...type, ...from('198.51.100.1') },
    })
    expect(refused).toBeProblem('blocked')
    const [banned] = keptOut
    expect((await there.send('/api/health', { headers: banned ?? {} })).status).toBe(200)
  })

  for (const { id } of blocks) expect((await remove(api, id, JWT)).status).toBe(204)
  expect((await remove(api, blocks[0].id, JWT)).status).toBe(404)
  await elsewhere(host, store, server.origin, async (there) => {
    const statuses = []
    for (const headers of keptOut) statuses.push((await there.send(PATH, { headers })).status)
    expect(statuses).toEqual([401, 401, 200, 200, 200, 200, 200])
  })
  const events = async (type: string) =>
    (await api.get(`/api/events?type=${type}`, JWT)).body.data.map(
      ({ by, block }: Record<string, string>) => `${by} ${block}`,
    )
  const keeper = await store.call('HGET', 'user:keeper@home.org', 'id')
  const expected = blocks.map(({ id }) => `${keeper} ${id}`).sort()
  await expect.poll(async () => (await events('block.created')).sort()).toEqual(expected)
  await expect.poll(async () => (await events('block.deleted')).sort()).toEqual(expected)
})

test('no admin can keep themselves out, nor undo what another one decided', async ({
  api,
  store,
}) => {
  const user = 'careful@home.org'
  const { JWT } = await api.signIn(await account(store, user, { level: '9' }))
  const headers = {
    'Content-Type': 'application/json',
    Authorization: `Bearer ${JWT}`,
    'X-Forwarded-For': '203.0.113.9',
  }
  const block = (body: object) =>
    api.send('/api/blocks', {
      method: 'POST',
      headers,
      body: JSON.stringify({ reason: 'r', ...body }),
    })
  for (const own of [{ user }, { address: '203.0.113.9' }, { address: '0.0.0.0/0' }]) {
    const answer = await block(own)
    expect(answer, JSON.stringify(own)).toBeProblem('conflict', {
      detail: expect.stringContaining('keep you out yourself'),
    })
  }
  expect((await api.get('/api/blocks', JWT)).body.data).toEqual([])

  const second = await api.signIn(await account(store, 'second@home.org', { level: '9' }))
  const made = await api.post('/api/blocks', { user, reason: 'left us' }, second.JWT)
  expect(made.status).toBe(201)
  // This isolate has not heard of it yet; the store has.
  expect(await block({ user: 'second@home.org' })).toBeProblem('blocked')
  expect(await remove(api, made.body.id, JWT)).toBeProblem('blocked')
  expect((await remove(api, made.body.id, second.JWT)).status).toBe(204)
})

test('the old id of an account that was typed again names nobody, and no admin blocks themselves by any name', async ({
  api,
  store,
}) => {
  const { JWT } = await api.signIn(await account(store, 'lasting@home.org', { level: '9' }))
  const user = 'typed-again@home.org'
  const idOf = async (): Promise<string> => String(await store.call('HGET', `user:${user}`, 'id'))
  await api.signIn(await account(store, user))
  const old = await idOf()
  const again = await account(store, user, { level: '9' })
  const { JWT: own } = await api.signIn(again)
  expect(await idOf()).not.toBe(old)

  for (const token of [JWT, own]) {
    const made = await api.post('/api/blocks', { user: old, reason: 'r' }, token)
    expect(made).toBeProblem('validation-error')
  }
  expect((await api.get(`/api/users/${old}`, JWT)).status).toBe(404)
  expect((await api.get('/api/blocks', JWT)).body.data).toEqual([])
  for (const name of [await idOf(), user, ' Typed-Again@HOME.org ']) {
    const made = await api.post('/api/blocks', { user: name, reason: 'r' }, own)
    expect(made).toBeProblem('conflict')
  }
  const { body } = await api.get(`/api/events?user=${old}`, JWT)
  const named = new Set(body.data.map((event: { user: string }) => event.user))
  expect([...named]).toEqual([old])
})

test('422 for what cannot be kept out, with the place and what would be right', async ({
  api,
  store,
}) => {
  const { JWT } = await api.signIn(await account(store, 'strict@home.org', { level: '9' }))
  const reason = 'r'
  for (const [body, pointer] of [
    [{ reason }, '#'],
    [{ reason, address: '192.0.2.1', user: 'me@home.org' }, '#'],
    [{ reason, address: '192.0.2' }, '#/address'],
    [{ reason, address: '192.0.2.1/33' }, '#/address'],
    [{ reason, user: 'nobody-there@home.org' }, '#/user'],
    [{ reason, key: 'short' }, '#/key'],
    [{ address: '192.0.2.1' }, '#/reason'],
    [{ address: '192.0.2.1', reason: '\u200b ' }, '#/reason'],
    [{ reason, address: '192.0.2.1', until: 'tomorrow' }, '#/until'],
    [{ reason, address: '192.0.2.1', until: '2999-02-29T00:00:00Z' }, '#/until'],
    [{ reason, address: '192.0.2.1', until: '2999-01-01T00:00:00' }, '#/until'],
    [{ reason, address: '192.0.2.1', until: '2020-01-01T00:00:00Z' }, '#/until'],
    [{ reason, address: '192.0.2.1', note: 'x' }, '#/note'],
  ] as const) {
    const answer = await api.post('/api/blocks', body, JWT)
    expect(answer, JSON.stringify(body)).toBeProblem('validation-error', {
      errors: [{ pointer }],
    })
  }
})

test('a block that is over disappears by itself', async ({ api, store, server, host }) => {
  const { JWT } = await api.signIn(await account(store, 'patient@home.org', { level: '9' }))
  const until = new Date(Date.now() + 3_600_000).toISOString()
  const made = await api.post('/api/blocks', { address: '192.0.2.1', reason: 'r', until }, JWT)
  expect(made.body.until).toBe(until)
  const listed = async () => (await api.get('/api/blocks', JWT)).body.data
  expect(await listed()).toHaveLength(1)
  // An hour passes.
  const line = String(await store.call('HGET', 'blocks', made.body.id))
  const over = line.replace(String(Date.parse(until)), String(Date.parse(until) - 3_600_000))
  await store.call('HSET', 'blocks', made.body.id, over)
  await expect.poll(listed).toEqual([])
  await elsewhere(host, store, server.origin, async (there) => {
    const headers = { 'X-Forwarded-For': '192.0.2.1' }
    expect((await there.send(PATH, { headers })).status).toBe(401)
  })
  const kept = await api.post('/api/blocks', { address: '192.0.2.2', reason: 'r' }, JWT)
  expect(await store.call('HKEYS', 'blocks')).toEqual([kept.body.id])
  await remove(api, kept.body.id, JWT)
})

test('npm run blocks adds, lists and removes; it says what it did not do', async ({
  api,
  store,
}) => {
  const { JWT } = await api.signIn(await account(store, 'shell@home.org', { level: '9' }))
  await api.signIn()
  const run = (...words: string[]) =>
    runProgram(process.execPath, words, {
      PATH: process.env['PATH'],
      UPSTASH_REDIS_REST_URL: store.gateway.url,
      UPSTASH_REDIS_REST_TOKEN: store.gateway.token,
    })
  // What the command runs when it has brought the bundle up to date, which takes a while.
  const blocks = (...args: string[]) => run('dist/blocks.js', ...args)
  const words = ['add', '--user', 'Me@home.org', '--reason', 'spam\u001b[2J']
  const added = await run('local/run.mjs', 'blocks', ...words)
  const id = /^(\S+) {2}user me@home\.org {2}spam$/m.exec(added.output)?.[1] ?? ''
  const { body } = await api.get('/api/blocks', JWT)
  expect(body.data).toEqual([
    expect.objectContaining({ id, user: 'me@home.org', reason: 'spam', until: null }),
  ])
  const until = '2999-12-31T00:00:00.000Z'
  await blocks('add', '--address', '192.0.2.9/8', '--reason', 'r', '--until', until)
  expect((await blocks('list')).output).toMatch(
    new RegExp(`address 192\\.0\\.0\\.0/8 {2}until ${until} {2}r\\n${id} [^]*2 blocks\\.`),
  )
  expect((await blocks('remove', id)).output).toContain(`The block ${id} is removed.`)
  for (const [words, sentence] of [
    [['remove', id], `There is no block ${id}.`],
    [
      ['add', '--user', 'nobody@home.org', '--reason', 'r'],
      '--user is no account: send its address or its id.',
    ],
    [['add', '--user', 'me@home.org'], '--reason is required.'],
    [['add', '--reason', 'r'], 'A block needs one of address, user and key.'],
  ] as const) {
    const { code, output } = await blocks(...words)
    const said = output.trim().split('\n').slice(1).join('\n')
    expect([code, said], words.join(' ')).toEqual([1, sentence])
  }
  for (const words of [
    [],
    ['nope'],
    ['remove'],
    ['list', 'x'],
    ['list', '--key', 'x'],
    ['add', '--x'],
  ]) {
    const { code, output } = await blocks(...words)
    expect(code, words.join(' ')).toBe(2)
    expect(output).toContain('npm run blocks -- add --address')
  }
  const events = (await api.get('/api/events?type=block.deleted', JWT)).body.data
  const user = await store.call('HGET', 'user:me@home.org', 'id')
  expect(events[0]).toMatchObject({ block: id, user })
  await store.call('DEL', 'blocks')
})
