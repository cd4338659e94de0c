import { expect, test } from '@playwright/test'
import { auditServer } from 'graphql-http'
import { environmentOf, NO_STORE } from '../../test/support/environment.ts'
import { type InProcess, ORIGIN } from '../../test/support/in-process.ts'
import { startApi } from '../../test/support/start-api.ts'
import { createAppDeps } from '../deps/app.ts'
import { parseSettings } from '../settings/settings.ts'
import type { Read } from '../store/client/reply.ts'
import { type CallParts, collectionPart } from './collection-call.ts'
import { endpoint } from './endpoint.ts'
import { runGraph } from './graphql.ts'

/** Of a user, in this file. */
const USER_LIMIT = 500
const PLANS = JSON.stringify({ poor: { month: 10 } })

let api: InProcess
let token: string

test.beforeAll(async () => {
  api = await startApi({ host: 'in-process', limits: { user: USER_LIMIT }, env: { PLANS } })
  token = await enter('editor@home.org', 5)
  for (const id of ['A', 'B', 'C']) {
    await api.command('HSET', `movie:${id}`, 'year', '1999', 'director', `Director of ${id}`)
    for (const rating of ['1', '5']) {
      await api.command(
        'HSET',
        `review:${id}${rating}`,
        'movie',
        id,
        'rating',
        rating,
        'text',
        'x',
        'owner',
        'u_1234567890123456',
        'createdAt',
        '2026-01-01T00:00:00.000Z',
      )
    }
  }
})
test.afterAll(() => api.stop())

async function enter(user: string, level: number, plan = 'free'): Promise<string> {
  await api.account(user, level)
  await api.command('HSET', `user:${user}`, 'plan', plan)
  const answer = await api.send('signIn', { body: { user, password: 'password' } })
  return (await answer.json()).JWT
}

const bearer = (jwt = token): Record<string, string> => ({ Authorization: `Bearer ${jwt}` })

async function run(
  query: unknown,
  headers: Record<string, string> = bearer(),
  variables?: Record<string, unknown>,
) {
  const answer = await api.ask('/api/graphql', {
    method: 'POST',
    headers: { 'Content-Type': 'application/json', ...headers },
    body: JSON.stringify({ query, variables }),
  })
  const { status } = answer
  const trips = Number(/desc="(\d+) trips/.exec(answer.headers.get('server-timing') ?? '')?.[1])
  return {
    status,
    trips,
    headers: answer.headers,
    body: JSON.parse((await answer.text()) || 'null'),
  }
}

test('the official audit of GraphQL over HTTP finds no error and nothing to warn of', async () => {
  const results = await auditServer({
    url: `${ORIGIN}/api/graphql`,
    fetchFn: (url: string, init?: RequestInit) => {
      const headers = { ...Object(init?.headers), ...bearer() }
      return api.answer(new Request(url, { ...init, headers }))
    },
  })
  const found = results.flatMap((result) =>
    result.status === 'error' || result.status === 'warn'
      ? [`${result.status}: ${result.name}: ${result.reason}`]
      : [],
  )
  expect(found).toEqual([])
  expect(results.filter(({ status }) => status === 'ok').length).toBeGreaterThan(40)
})

test('items, lists and references, both ways; a level of the query is a trip', async () => {
  const flat =
    '{ a: movie(id: "A") { year } b: movie(id: "B") { id } movies { data { id } } reviews(filter: {rating: {gte: 5}}) { data { id } } }'
  await run(flat)
  const level = await run(flat)
  expect(level.body).toEqual({
    data: {
      a: { year: 1999 },
      b: { id: 'B' },
      movies: { data: [{ id: 'A' }, { id: 'B' }, { id: 'C' }] },
      reviews: { data: [{ id: 'A5' }, { id: 'B5' }, { id: 'C5' }] },
    },
    extensions: { cost: 4 },
  })
  expect(level.trips).toBe(1)
  const nested = await run(
    '{ movies(limit: 3, sort: "-year") { data { id reviews(limit: 1, sort: "-rating") { data { rating movie { director } } nextCursor } } } }',
  )
  expect(nested.trips).toBe(3)
  expect(nested.body.extensions).toEqual({ cost: 1 + 3 + 3 })
  expect(nested.body.data.movies.data[1].reviews.data).toEqual([
    { rating: 5, movie: { director: 'Director of B' } },
  ])
})

test('a page goes on from its cursor; what is absent is null', async () => {
  const query =
    'query($after: String) { movies(limit: 2, cursor: $after) { data { id } nextCursor } nope: movie(id: "nope") { id } }'
  const first = (await run(query)).body.data
  expect(first.nope).toBeNull()
  const rest = await run(query, bearer(), { after: first.movies.nextCursor })
  expect(rest.body.data.movies).toEqual({ data: [{ id: 'C' }], nextCursor: null })
  expect(rest.body.errors).toBeUndefined()
})

test('changes are those of REST: made, changed, replaced, deleted', async () => {
  const made = await run(
    'mutation($input: MovieInput!) { createMovie(input: $input) { id year } again: createMovie(input: $input) { id } }',
    bearer(),
    { input: { id: 'New', year: 2001, director: null } },
  )
  expect(made.body.data).toEqual({ createMovie: { id: 'New', year: 2001 }, again: null })
  expect(made.body.errors[0]).toMatchObject({
    path: ['again'],
    extensions: { code: 'conflict', status: 409 },
  })
  const changed = await run(
    'mutation { updateMovie(id: "New", patch: {director: "D", year: null}) { year director } replaceMovie(id: "New", input: {year: 1}) { year director } deleteMovie(id: "New") gone: updateMovie(id: "New", patch: {year: 2}) { id } }',
  )
  expect(changed.body.data).toEqual({
    updateMovie: { year: null, director: 'D' },
    replaceMovie: { year: 1, director: null },
    deleteMovie: 'New',
    gone: null,
  })
  expect(changed.body.extensions).toEqual({ cost: 4 })
  expect(changed.body.errors).toEqual([
    expect.objectContaining({ path: ['gone'], extensions: { code: 'not-found', status: 404 } }),
  ])
})

test('who may not is told by the field, and the rest is answered', async () => {
  const { status, body } = await run(
    '{ movies { data { id } } reviews(limit: 1) { data { id movie { id } } } }',
    {},
  )
  expect(status).toBe(200)
  expect(body.data).toEqual({ movies: null, reviews: { data: [{ id: 'A1', movie: null }] } })
  expect(body.errors.map(({ extensions }: { extensions: object }) => extensions)).toEqual([
    { code: 'authentication-required', status: 401 },
    { code: 'authentication-required', status: 401 },
  ])
})

test('a credential that does not hold is refused, before anything is done or after the first trip', async () => {
  const garbage = await run('{ reviews { data { id } } }', bearer('garbage'))
  expect([garbage.status, garbage.body.type]).toEqual([401, '/problems/invalid-token'])
  for (const query of [
    '{ reviews { data { id } } }',
    '{ __typename }',
    '{ movies { data { id } } }',
  ]) {
    const ended = await enter('ended@home.org', 0)
    const { sid } = JSON.parse(Buffer.from(ended.split('.')[1] ?? '', 'base64url').toString())
    // Nobody has told this isolate.
    await api.command('DEL', `session:${sid}`)
    const dead = await run(query, bearer(ended))
    expect([dead.status, dead.body.type], query).toEqual([401, '/problems/invalid-token'])
  }
})

test('too dear is 422, reads nothing, and counts as one request', async () => {
  const left = (headers: Headers) => Number(/r=(\d+)/.exec(headers.get('ratelimit') ?? '')?.[1])
  const before = await run('{ __typename }')
  await api.settled()
  api.trips.length = 0
  for (const query of [
    '{ movies(limit: 100) { data { reviews(limit: 100) { data { id movie { id } } } } } }',
    '{ movies { data { reviews { data { movie { reviews { data { movie { id } } } } } } } } }',
    `{ ${'__typename '.repeat(5_000)} }`,
    `{ ${Array.from({ length: 1_001 }, (_, n) => `a${n}: movie(id: "A") { id }`).join(' ')} }`,
  ]) {
    const { status, trips, body } = await run(query)
    expect([status, trips], query.slice(0, 80)).toEqual([422, 0])
    expect(body.errors[0].extensions).toEqual({ code: 'validation-error', status: 422 })
  }
  const after = await run('{ __typename }')
  expect(left(before.headers) - left(after.headers)).toBe(5)
  await api.settled()
  const words = api.trips.flatMap(({ commands }) => commands.map((command) => command.join(' ')))
  expect(words.filter((text) => /movie:|review:|index:/.test(text))).toEqual([])
})

test('a query counts as one request for each 50 of its cost, and what the quota does not hold is not begun', async () => {
  const left = ({ headers }: { headers: Headers }) =>
    Number(/r=(\d+)/.exec(headers.get('ratelimit') ?? '')?.[1])
  const other = bearer(await enter('dear@home.org', 0))
  const dear =
    '{ movies(limit: 100) { data { reviews(limit: 2) { data { id } } } } a: movies { data { id } } }'
  const cheap = await run('{ movies { data { id } } }', other)
  const first = await run(dear, other)
  expect(first.body.extensions.cost).toBe(102)
  const next = await run('{ movies { data { id } } }', other)
  // Two more than its own one were charged for 102.
  expect(left(cheap) - left(next)).toBe(1 + 2 + 1)
  const dearest = `{ movies(limit: 100) { data { ${Array.from({ length: 9 }, (_, n) => `r${n}: reviews(limit: 1) { data { id } }`).join(' ')} } } }`
  let refused: Awaited<ReturnType<typeof run>> | undefined
  for (let tries = 0; tries < USER_LIMIT / 10 && refused?.status !== 429; tries++)
    refused = await run(dearest, other)
  expect(refused).toMatchObject({ status: 429, body: { type: '/problems/quota-exceeded' } })
  expect(refused?.headers.get('retry-after')).toMatch(/^\d+$/)
})

test('header fields tell what is left after a dear query; one that the quota does not hold counts as one', async () => {
  const poor = bearer(await enter('poor@home.org', 0, 'poor'))
  const lists = (count: number) =>
    `{ movies(limit: 100) { data { ${Array.from({ length: count }, (_, n) => `r${n}: reviews(limit: 1) { data { id } }`).join(' ')} } } }`
  for (const [query, status, left] of [
    ['{ __typename }', 200, 9],
    [lists(1), 200, 6],
    [lists(4), 429, 5],
    ['{ __typename }', 200, 4],
    [lists(1), 200, 1],
  ] as const) {
    const answer = await run(query, poor)
    const told = answer.headers.get('ratelimit')?.replace(/;t=\d+/, '')
    expect([answer.status, told], query).toEqual([status, `"month";r=${left}`])
    await api.settled()
  }
})

test('an outage that the proof of the caller meets before its acts is 503, and ends no process', async () => {
  const settings = parseSettings(environmentOf({ origin: ORIGIN, store: NO_STORE }))
  let refuse: () => void = () => undefined
  const refused = new Promise<void>((resolve) => {
    refuse = resolve
  })
  const exec = async () => {
    refuse()
    throw new Error('away')
  }
  const away = {
    pipeline: () => new Proxy({}, { get: (_, name) => (name === 'exec' ? exec : () => undefined) }),
  } as never
  // It comes to its read when the proof has failed.
  const late = (parts: CallParts) => {
    const read = async (wanted: Read<unknown>) => {
      await refused
      await new Promise((resolve) => setImmediate(resolve))
      return parts.access.read(wanted)
    }
    return { ...collectionPart(parts), read }
  }
  const deps = {
    ...createAppDeps(settings),
    databases: { auth: away, data: away },
    ofCollection: late,
  }
  const iat = Math.floor(Date.now() / 1_000)
  const who = { sub: 'u_1', user: 'me@home.org', sid: 's', level: 0, plan: 'free' }
  const jwt = await deps.accessTokens.issue({ ...who, iat, exp: iat + 60, jti: 'j' })
  const unhandled: unknown[] = []
  const note = (reason: unknown): void => void unhandled.push(reason)
  process.on('unhandledRejection', note)
  const answer = await endpoint(
    runGraph,
    () => deps,
  )(
    new Request(`${ORIGIN}/api/graphql`, {
      method: 'POST',
      headers: { 'Content-Type': 'application/json', ...bearer(jwt) },
      body: JSON.stringify({ query: '{ movie(id: "A") { id } }' }),
    }),
  )
  process.off('unhandledRejection', note)
  expect([answer.status, unhandled]).toEqual([503, []])
})

test('no error tells what it guesses, where it failed, or what else there is', async () => {
  for (const query of [
    '{ movie(id: "A") { yeer } }',
    '{ movvies { data { id } } }',
    '{ movie(idd: "A") { id } }',
    'mutation { createMovie(input: {yeer: 1}) { id } }',
    '{ movies(filter: {yeer: {gte: 1}}) { data { id } } }',
    '{ movie(id: "A") { id }',
  ]) {
    const { body } = await run(query)
    expect(body.errors.length, query).toBeGreaterThan(0)
    expect(JSON.stringify(body), query).not.toMatch(/Did you mean|stack|\.ts:|"year"|node_modules/)
    expect(body.errors[0].extensions).toEqual({ code: 'invalid-request', status: 400 })
  }
})

test('variables that do not fit are refused, are not begun, and count as one request', async () => {
  const query = `query($since: Int!) { movies(limit: 100, filter: {year: {gte: $since}}) { data { reviews(limit: 1) { data { id } } } } }`
  const left = ({ headers }: { headers: Headers }) =>
    headers.get('ratelimit')?.replace(/;t=\d+/g, '')
  const other = bearer(await enter('variables@home.org', 0, 'poor'))
  for (const [count, accept, status] of [
    [9, 'application/graphql-response+json', 400],
    [8, 'application/json', 200],
  ] as const) {
    const answer = await run(query, { ...other, Accept: accept }, { since: 'x' })
    expect(answer.status).toBe(status)
    expect(answer.body).toEqual({
      errors: [expect.objectContaining({ extensions: { code: 'invalid-request', status: 400 } })],
    })
    expect(left(answer)).toBe(`"month";r=${count}`)
  }
})

test('no batches, and no changes by GET', async () => {
  const batch = await api.ask('/api/graphql', {
    method: 'POST',
    headers: { 'Content-Type': 'application/json', ...bearer() },
    body: JSON.stringify([{ query: '{ movies { data { id } } }' }]),
  })
  expect(batch.status).toBe(400)
  expect((await batch.json()).errors).toHaveLength(1)
  const query = encodeURIComponent('mutation { deleteMovie(id: "A") }')
  const changed = await api.ask(`/api/graphql?query=${query}`, { headers: bearer() })
  expect([changed.status, changed.headers.get('allow')]).toEqual([405, 'POST'])
  expect((await changed.json()).type).toBe('/problems/method-not-allowed')
  expect((await api.ask('/api/movies/A', { headers: bearer() })).status).toBe(200)
})

test('an answer is of the media type that the client prefers, and of JSON for those that take neither', async () => {
  const own = 'application/graphql-response+json'
  for (const [accept, type] of [
    [own, own],
    [`application/json;q=0.5, ${own}`, own],
    [`${own};q=0.5, application/json`, 'application/json'],
    [`${own};q=0, */*`, 'application/json'],
    ['application/*', 'application/json'],
    ['text/html', 'application/json'],
  ]) {
    const headers = { ...bearer(), Accept: accept ?? '' }
    const [whole, dear] = await Promise.all([
      run('{ __typename }', headers),
      run('{ movies(limit: 100) { data { reviews { data { movie { id } } } } } }', headers),
    ])
    expect([whole.status, dear.status], accept).toEqual([200, 422])
    for (const answer of [whole, dear]) {
      expect(answer.headers.get('content-type'), accept).toBe(`${type}; charset=utf-8`)
    }
  }
})

test('the schema is told, unless the deployment says otherwise', async () => {
  const text = await (await api.ask('/api/graphql/schema')).text()
  expect(text).toContain('movie(id: ID!): Movie')
  expect(text).toMatch(/type Review \{[^}]*movie: Movie\n/)
  expect(text).toMatch(/type Movie \{[^}]*reviews\(/)
  const hidden = await startApi({
    host: 'in-process',
    env: { GRAPHQL_INTROSPECTION: 'off' },
  })
  try {
    expect((await hidden.ask('/api/graphql/schema')).status).toBe(404)
    const asked = await hidden.ask(
      `/api/graphql?query=${encodeURIComponent('{ __schema { types { name } } }')}`,
    )
    const body = await asked.json()
    expect(body.data).toBeUndefined()
    expect(body.errors.length).toBeGreaterThan(0)
  } finally {
    await hidden.stop()
  }
})
