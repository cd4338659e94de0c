import { expect, test } from '@playwright/test'
import {
  memoryStore,
  SecondFactorRequired,
  UnexpectedAnswer,
  UsherClient,
  UsherProblem,
} from './client.ts'

const HTML = '<!doctype html><title>Sign in to the network</title>'
const page = (status: number): Response =>
  new Response(HTML, { status, headers: { 'Content-Type': 'text/html' } })

/** Answers that no operation of the API sends with 200. */
const FOREIGN: Record<string, () => Response> = {
  'another object': () => Response.json({ ok: true }),
  'a page': () => page(200),
  nothing: () => new Response(null, { status: 200 }),
  'no content': () => new Response(null, { status: 204 }),
  null: () => Response.json(null),
  'a list': () => Response.json([]),
  'a text': () => Response.json('ok'),
  'half a body': () => new Response('{"JWT":"a","refresh":'),
}

const HALF_PAIRS: Record<string, () => Response> = {
  'no refresh token': () => Response.json({ JWT: 'new', expiresIn: 60 }),
  'empty tokens': () => Response.json({ JWT: '', refresh: '', expiresIn: 60 }),
  'no lifetime': () => Response.json({ JWT: 'new', refresh: 'new', expiresIn: 'soon' }),
}

/** Something in between that refuses by itself. */
const REFUSALS: Record<string, () => Response> = {
  'a page with 401': () => page(401),
  'null with 401': () => Response.json(null, { status: 401 }),
  'a page with 502': () => page(502),
}

const KEPT = { access: 'kept', refresh: 'kept', expiresAt: 0 }

test('a refresh that is answered by something else is a failure, and what is kept stays', async () => {
  const cases = Object.entries({ ...FOREIGN, ...HALF_PAIRS, ...REFUSALS })
  const outcomes = cases.map(async ([name, answer]) => {
    const tokens = memoryStore()
    tokens.set(KEPT)
    let signedOut = 0
    const client = new UsherClient({
      url: 'https://usher.invalid',
      credential: { tokens },
      fetch: async () => answer(),
      onSignedOut: () => signedOut++,
    })
    const expected = name in REFUSALS ? UsherProblem : UnexpectedAnswer
    await expect(client.get('movies', 'a'), name).rejects.toBeInstanceOf(expected)
    expect([tokens.get(), signedOut], name).toEqual([KEPT, 0])
  })
  await Promise.all(outcomes)
})

test('a sign-in that is answered by something else is a failure, and keeps nothing', async () => {
  for (const [name, answer] of Object.entries({ ...FOREIGN, ...HALF_PAIRS })) {
    const tokens = memoryStore()
    for (const credential of ['cookies', { tokens }] as const) {
      const fetch = async () => answer()
      const client = new UsherClient({ url: 'https://usher.invalid', fetch, credential })
      const signedIn = client.signIn('me', 'password')
      await expect(signedIn, name).rejects.toBeInstanceOf(UnexpectedAnswer)
    }
    expect(tokens.get(), name).toBeUndefined()
  }
})

test('an account that wants a code says so in an error of its own, and takes it with the password', async () => {
  const sent: unknown[] = []
  const client = new UsherClient({
    url: 'https://usher.invalid',
    credential: 'cookies',
    fetch: async (_, init) => {
      const body = JSON.parse(String(init?.body))
      sent.push(body)
      if (body.code !== undefined) return Response.json({ content: { user: 'me', level: 0 } })
      const type = '/problems/second-factor-required'
      return Response.json({ type, title: 'The account wants a code' }, { status: 401 })
    },
  })
  const wanted = await client.signIn('me', 'password').catch((error: unknown) => error)
  expect(wanted).toBeInstanceOf(SecondFactorRequired)
  expect(wanted).toBeInstanceOf(UsherProblem)
  expect(wanted).toMatchObject({ status: 401, code: 'second-factor-required' })
  expect(await client.signIn('me', 'password', '287082')).toEqual({ user: 'me', level: 0 })
  const credentials = { user: 'me', password: 'password' }
  expect(sent).toEqual([credentials, { ...credentials, code: '287082' }])
})

test('reads and changes that are answered by something else are failures', async () => {
  for (const [name, answer] of Object.entries(FOREIGN)) {
    const client = new UsherClient({ url: 'https://usher.invalid', fetch: async () => answer() })
    const calls: Record<string, () => Promise<unknown>> = {
      get: () => client.get('movies', 'a'),
      page: () => client.page('movies'),
      items: () => client.items('movies').next(),
      create: () => client.create('movies', { year: 1 }),
      replace: () => client.replace('movies', 'a', { year: 1 }),
      patch: () => client.patch('movies', 'a', { year: 1 }),
      // These answer 204, with nothing.
      ...(name === 'no content'
        ? {}
        : { delete: () => client.delete('movies', 'a'), signOut: () => client.signOut() }),
    }
    for (const [call, run] of Object.entries(calls)) {
      await expect(run(), `${call}: ${name}`).rejects.toBeInstanceOf(UnexpectedAnswer)
    }
  }
})

test('an error that is no problem document has its status, and no code of the API', async () => {
  const bodies = ['null', '[]', '"text"', HTML, '', '{"title":5,"type":"about:blank","errors":[1]}']
  for (const body of bodies) {
    const fetch = async () => new Response(body, { status: 500 })
    const client = new UsherClient({ url: 'https://usher.invalid', fetch })
    const error = await client.get('movies', 'a').catch((thrown: unknown) => thrown)
    expect(error, body).toBeInstanceOf(UsherProblem)
    expect(error, body).toMatchObject({ status: 500, code: undefined, errors: [] })
    expect(error, body).toMatchObject({ message: 'The API answered 500' })
  }
})

test('Retry-After is waited for in seconds and as a date of the server’s own clock', async () => {
  const DATE = 'Sun, 06 Nov 1994 08:49:37 GMT'
  const waitOf = async (retryAfter: string, headers: Record<string, string> = { Date: DATE }) => {
    let asked = 0
    const busy = () =>
      Response.json({}, { status: 429, headers: { 'Retry-After': retryAfter, ...headers } })
    const client = new UsherClient({
      url: 'https://usher.invalid',
      fetch: async () => (asked++ === 0 ? busy() : Response.json({ id: 'a' })),
      longestWait: 0,
    })
    const outcome = await client.get('movies', 'a').catch((error: unknown) => error)
    if (!(outcome instanceof UsherProblem)) return `asked ${asked} times`
    return outcome.retryAfterSeconds
  }
  // The three forms of RFC 9110 §5.6.7.
  for (const date of [DATE, 'Sunday, 06-Nov-94 08:49:37 GMT', 'Sun Nov  6 08:49:37 1994']) {
    expect(await waitOf(date), date).toBe('asked 2 times')
    expect(await waitOf(date.replace('08:49', '08:50')), date).toBe(60)
  }
  // Where the answer does not show the server's clock, it is counted from this device's.
  expect(await waitOf(DATE, {})).toBe('asked 2 times')
  expect(await waitOf('Fri, 01 Jan 2100 00:00:00 GMT', {})).toBeGreaterThan(1e9)
  expect(await waitOf('0')).toBe('asked 2 times')
  expect(await waitOf('7')).toBe(7)
  for (const unreadable of ['', 'soon', '1.5', '-1', 'Sunday'])
    expect(await waitOf(unreadable), unreadable).toBeUndefined()
})

const busy = (seconds: string): Response =>
  Response.json(
    { type: '/problems/quota-exceeded', title: 'Too many requests' },
    { status: 429, headers: { 'Retry-After': seconds, RateLimit: '"user";r=0;t=7' } },
  )

test('a program is told of every 429, and what is left of its quotas', async () => {
  const left = '"user";r=599;t=42, "month";r=99999;t=400000'
  const answers = [
    busy('0'),
    Response.json({ id: 'a' }, { headers: { RateLimit: left } }),
    Response.json({ id: 'a' }),
    busy('3600'),
  ]
  const told: object[] = []
  const client = new UsherClient({
    url: 'https://usher.invalid',
    fetch: async () => answers.shift() ?? page(500),
    onThrottled: (throttled) => told.push(throttled),
  })
  expect(client.lastQuota).toEqual([])
  await client.get('movies', 'a')
  const quotas = [
    { policy: 'user', remaining: 599, resetSeconds: 42 },
    { policy: 'month', remaining: 99_999, resetSeconds: 400_000 },
  ]
  expect(client.lastQuota).toEqual(quotas)
  // An answer that counts nothing says nothing of a quota.
  await client.get('movies', 'a')
  expect(client.lastQuota).toEqual(quotas)
  await expect(client.get('movies', 'a')).rejects.toMatchObject({ status: 429 })
  expect(client.lastQuota).toEqual([{ policy: 'user', remaining: 0, resetSeconds: 7 }])
  expect(told).toEqual([
    { retryAfterSeconds: 0, waits: true },
    { retryAfterSeconds: 3_600, waits: false },
  ])
})

test('what a write says of itself goes along until the next write', async () => {
  const sent: (string | null)[] = []
  const writes = ['first', 'second']
  const client = new UsherClient({
    url: 'https://usher.invalid',
    credential: { apiKey: 'key' },
    fetch: async (_url, init) => {
      sent.push(new Headers(init?.headers).get('usher-sync'))
      if (init?.method !== 'PATCH') return Response.json({ id: 'a' })
      return Response.json({ id: 'a' }, { headers: { 'Usher-Sync': writes.shift() ?? '' } })
    },
  })
  const change = () => client.request('/api/movies/a', { method: 'PATCH', body: '{}' })
  await client.get('movies', 'a')
  await change()
  await client.get('movies', 'a')
  await change()
  await client.get('movies', 'a')
  expect(sent).toEqual([null, null, 'first', 'first', 'second'])
})

test('a signal ends a call and its wait: its own, or the client’s', async () => {
  const reason = new Error('enough')
  for (const which of ['the call’s', 'the client’s'] as const) {
    const ending = new AbortController()
    const other = new AbortController()
    const [call, whole] = which === 'the call’s' ? [ending, other] : [other, ending]
    const seen: (AbortSignal | null | undefined)[] = []
    const client = new UsherClient({
      url: 'https://usher.invalid',
      fetch: async (_, init) => {
        seen.push(init?.signal)
        return busy('30')
      },
      signal: whole.signal,
      onThrottled: () => queueMicrotask(() => ending.abort(reason)),
    })
    const got = client.get('movies', 'a', { signal: call.signal })
    await expect(got, which).rejects.toBe(reason)
    expect(seen, which).toHaveLength(1)
    expect(seen[0]?.reason, which).toBe(reason)
  }
})

test('the client’s signal ends a refresh, which is not tried again', async () => {
  const reason = new Error('enough')
  const whole = new AbortController()
  const tokens = memoryStore()
  tokens.set(KEPT)
  let asked = 0
  const client = new UsherClient({
    url: 'https://usher.invalid',
    credential: { tokens },
    fetch: async () => {
      asked++
      whole.abort(reason)
      throw new TypeError('fetch failed')
    },
    signal: whole.signal,
  })
  await expect(client.get('movies', 'a')).rejects.toBe(reason)
  expect([asked, tokens.get()]).toEqual([1, KEPT])
})

test('a list of values is a parameter for each, the names of include are one; results have their problems', async () => {
  const asked: [string, unknown][] = []
  const answers = [
    { id: 'a', included: { movies: {} } },
    { data: [], nextCursor: null, included: { movies: {} } },
    {
      results: [
        { status: 201, item: { id: 'a' } },
        { status: 204 },
        { status: 409, problem: { type: '/problems/conflict', title: 'Taken', status: 409 } },
      ],
    },
  ]
  const client = new UsherClient({
    url: '',
    fetch: async (input, init) => {
      asked.push([String(input), init?.body])
      return Response.json(answers[asked.length - 1])
    },
  })
  await client.get('reviews', 'a b', { include: ['movie'] })
  await client.page('reviews', { movie: ['A', 'B'], 'rating[gte]': 3, include: 'movie' })
  const results = await client.batch('movies', [
    { op: 'create', item: { id: 'a', year: 1 } },
    { op: 'delete', id: 'b' },
    { op: 'update', id: 'c', patch: { year: null } },
  ])
  expect(asked.map(([path]) => path)).toEqual([
    '/api/reviews/a%20b?include=movie',
    '/api/reviews?movie=A&movie=B&rating%5Bgte%5D=3&include=movie',
    '/api/movies:batch',
  ])
  expect(JSON.parse(String(asked[2]?.[1])).acts).toHaveLength(3)
  expect(results.map(({ status, item, problem }) => [status, item, problem?.code])).toEqual([
    [201, { id: 'a' }, undefined],
    [204, undefined, undefined],
    [409, undefined, 'conflict'],
  ])
  const odd = new UsherClient({ url: '', fetch: async () => Response.json({ results: [1] }) })
  await expect(odd.batch('movies', [])).rejects.toBeInstanceOf(UnexpectedAnswer)
})
