import type { Answer } from '../test/support/api.ts'
import { ME } from '../test/support/api.ts'
import type { TestStore } from '../test/support/fixtures.ts'
import { expect, isCounting, isHousekeeping, test } from '../test/support/fixtures.ts'

/**
 * What an operation may cost of the store, counted at the store's door on a warm isolate. A number here is
 * raised with the reason in the commit that raises it.
 */
const BUDGETS = {
  get: { trips: 1, commands: 1 },
  list: { trips: 1, commands: 1 },
  'get with an API key': { trips: 1, commands: 1 },
  'list with an API key': { trips: 1, commands: 1 },
  'public get': { trips: 1, commands: 1 },
  // The session, and what the level reads: two, then one more for each of two items.
  'a query of one level': { trips: 1, commands: 3 },
  'a query of two levels': { trips: 2, commands: 4 },
  'a query that costs too much': { trips: 0, commands: 0 },
  'a call of a tool': { trips: 1, commands: 1 },
  'get with include': { trips: 1, commands: 1 },
  'list with include': { trips: 1, commands: 1 },
  'list with include and an API key': { trips: 1, commands: 1 },
  refresh: { trips: 2, commands: 2 },
  // The account is counted at large and at this address: the owner's address keeps an allowance that a
  // stranger cannot use up. Both are one command, and so is giving both back.
  signin: { trips: 3, commands: 5 },
  'no credential': { trips: 0, commands: 0 },
  'bad token': { trips: 0, commands: 0 },
  'unknown path': { trips: 0, commands: 0 },
} as const

/** Healing goes on behind an answer, and would be counted with it: indexes were healed just now. */
test.beforeEach(async ({ store }) => {
  await store.call('HSET', 'healed', 'at', String(Date.now() + 3_600_000))
})
test.afterAll(async ({ store }) => {
  await store.call('DEL', 'healed')
})

/** What reached the store, without the counting that nobody waits for. */
function awaited(trips: TestStore['trips'], background: boolean): TestStore['trips'] {
  return trips.filter((trip) => !isHousekeeping(trip) && !(background && isCounting(trip)))
}

for (const [name, budget] of Object.entries(BUDGETS)) {
  test(`${name}: ${budget.trips} trips and ${budget.commands} commands at most`, async ({
    api,
    store,
  }) => {
    const { JWT, refresh } = await api.signIn()
    let current = refresh
    const wish = { name: name.slice(0, 40), scopes: ['movies:read'] }
    const made = name.includes('API key') ? await api.post('/api/keys', wish, JWT) : undefined
    const byKey = { headers: { 'X-API-Key': made?.body.key ?? '' } }
    const graph = (query: string) => api.post('/api/graphql', { query }, JWT)
    const calls: Record<string, () => Promise<Answer>> = {
      get: () => api.get('/api/movies/Pulp%20Fiction', JWT),
      list: () => api.get('/api/movies', JWT),
      'get with an API key': () => api.send('/api/movies/Pulp%20Fiction', byKey),
      'list with an API key': () => api.send('/api/movies', byKey),
      'public get': () => api.get('/api/books/emma'),
      'a query of one level': () =>
        graph('{ movie(id: "Pulp Fiction") { year } movies { data { id } } }'),
      'a query of two levels': () =>
        graph('{ movies(limit: 2) { data { reviews(limit: 1) { data { id } } } } }'),
      'a query that costs too much': () =>
        graph('{ movies(limit: 100) { data { reviews { data { movie { id } } } } } }'),
      'a call of a tool': () => {
        const params = { name: 'movies_get', arguments: { id: 'Pulp Fiction' } }
        return api.post('/api/mcp', { jsonrpc: '2.0', id: 1, method: 'tools/call', params }, JWT)
      },
      'get with include': () => api.get('/api/reviews/budgeted?include=movie', JWT),
      'list with include': () => api.get('/api/reviews?movie=Pulp%20Fiction&include=movie', JWT),
      'list with include and an API key': () =>
        api.send('/api/reviews?movie=Pulp%20Fiction&include=movie', byKey),
      refresh: async () => {
        const answer = await api.post('/api/auth/refresh', { refresh: current })
        current = answer.body.refresh
        return answer
      },
      signin: () => api.post('/api/auth/signin', ME),
      'no credential': () => api.get('/api/movies'),
      'bad token': () => api.get('/api/movies', 'bad.token.here'),
      'unknown path': () => api.get('/api/nope'),
    }
    if (name.includes('include')) {
      // By the API, so that it is in the indexes.
      const review = { id: 'budgeted', movie: 'Pulp Fiction', rating: 5, text: 'x' }
      expect([201, 409]).toContain((await api.post('/api/reviews', review, JWT)).status)
    }
    const call = calls[name]
    if (call === undefined) throw new Error(`no call for ${name}`)
    await call()
    // When a key was last used is noted behind the answer, once in a while.
    const noted = (): Promise<unknown> => store.call('HGET', `key:${made?.body.id}`, 'usedAt')
    if (made !== undefined) await expect.poll(noted).toBeTruthy()

    store.trips.length = 0
    const { headers, body } = await call()
    if (name.includes('include')) {
      expect(body.included.movies).toHaveProperty(['Pulp Fiction', 'year'], 1994)
    }
    const hot = name !== 'refresh' && name !== 'signin'
    const seen = awaited(store.trips, hot)
    const commands = seen.flatMap((trip) => trip.commands)
    expect(commands.length, JSON.stringify(commands.map(([word]) => word))).toBeLessThanOrEqual(
      budget.commands,
    )

    if (hot) expect(seen.length).toBeLessThanOrEqual(budget.trips)
    // Parallel requests are one trip to the client: the server says how many it waited for, and the
    // door that it did not hide any.
    const timing = /desc="(\d+) trips, (\d+) commands"/.exec(headers.get('server-timing') ?? '')
    expect(Number(timing?.[1])).toBeLessThanOrEqual(budget.trips)
    expect(Number(timing?.[1])).toBeLessThanOrEqual(seen.length)
    expect(Number(timing?.[2])).toBe(commands.length)
  })
}

test('the read path sends read-only commands alone', async ({ api, store }) => {
  const { JWT } = await api.signIn()
  await api.get('/api/movies', JWT)
  store.trips.length = 0
  await api.get('/api/movies', JWT)
  await api.get('/api/movies/Pulp%20Fiction', JWT)
  const names = awaited(store.trips, true).flatMap(({ commands }) => commands.map(([name]) => name))
  // Hosts on Node send a script by its SHA when the server knows it.
  expect(names.length).toBeGreaterThan(0)
  expect(names.filter((name) => name !== 'EVAL_RO' && name !== 'EVALSHA_RO')).toEqual([])
})

test('a get declares its keys and says that it writes nothing: others may read meanwhile', async ({
  api,
  store,
}) => {
  const { JWT } = await api.signIn()
  store.trips.length = 0
  await api.get('/api/movies/Pulp%20Fiction', JWT)
  const [[name, script = '', count, ...words] = []] = awaited(store.trips, true).flatMap(
    ({ commands }) => commands,
  )
  expect(count).toBe('3')
  // A host that knows the script's SHA has sent its text before.
  if (name === 'EVAL_RO') expect(script).toMatch(/^#!lua flags=no-writes(,allow-key-locking)?\n/)
  else expect(name).toBe('EVALSHA_RO')
  expect(words.slice(0, 3)).toEqual([
    expect.stringMatching(/^session:/),
    'user:me@home.org',
    'movie:Pulp Fiction',
  ])
})
