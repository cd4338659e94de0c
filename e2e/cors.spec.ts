import { LISTED, WITH_CORS } from '../test/support/environment.ts'
import { expect, isCounting, isHousekeeping, test } from '../test/support/fixtures.ts'

test.use({ environment: WITH_CORS })

const STRANGERS = [
  'https://evil.example',
  'https://evilapp.example.com',
  'https://app.example.com.evil.example',
  'http://app.example.com',
  'https://app.example.com:8443',
  'https://APP.example.com',
  'https://app.example.com/',
  `${LISTED}, https://evil.example`,
  'null',
]

test('a listed origin is named back on every answer, and never with credentials', async ({
  api,
}) => {
  for (const [path, status] of [
    ['/api/books/emma', 200],
    ['/api/movies', 401],
    ['/api/nothing/at/all/here', 404],
    ['/api/%zz', 400],
    ['/api/books/', 308],
    ['/api//books/emma', 308],
  ] as const) {
    const { headers, ...answer } = await api.send(path, { headers: { Origin: LISTED } })
    expect(answer.status, path).toBe(status)
    expect(headers.get('vary'), path).toContain('Origin')
    expect(headers.get('access-control-allow-origin'), path).toBe(LISTED)
    expect(headers.get('access-control-allow-credentials'), path).toBeNull()
    expect(headers.get('access-control-expose-headers'), path).toContain('RateLimit')
  }
})

test('any other origin is named nowhere, also when it looks like one', async ({ api }) => {
  for (const origin of STRANGERS) {
    for (const method of ['GET', 'OPTIONS']) {
      const { headers } = await api.send('/api/books/emma', {
        method,
        headers: { Origin: origin, 'Access-Control-Request-Method': 'GET' },
      })
      expect(headers.get('access-control-allow-origin'), `${method} ${origin}`).toBeNull()
      expect(headers.get('access-control-allow-methods'), `${method} ${origin}`).toBeNull()
      expect(headers.get('vary')).toContain('Origin')
    }
  }
})

test('a preflight is answered before any credential, counts nothing and reaches no store', async ({
  api,
  store,
}) => {
  const reached = () =>
    store.trips.filter((trip) => !isCounting(trip) && !isHousekeeping(trip)).length
  const before = reached()
  const { status, text, headers } = await api.send('/api/profile', {
    method: 'OPTIONS',
    headers: {
      Origin: LISTED,
      'Access-Control-Request-Method': 'PATCH',
      'Access-Control-Request-Headers': 'authorization,content-type',
    },
  })
  expect([status, text]).toEqual([204, ''])
  expect(headers.get('access-control-allow-origin')).toBe(LISTED)
  expect(headers.get('access-control-allow-methods')?.split(', ')).toContain('PATCH')
  expect(headers.get('access-control-allow-headers')).toContain('Authorization')
  expect(headers.get('ratelimit')).toBeNull()
  expect(reached()).toBe(before)
})

test('a preflight of a path that is not in its normal form is answered as that of the normal one', async ({
  api,
}) => {
  for (const path of ['/api/movies/', '/api//movies', '//api/movies', '/api/movies']) {
    const { status, headers } = await api.send(path, {
      method: 'OPTIONS',
      headers: { Origin: LISTED, 'Access-Control-Request-Method': 'GET' },
    })
    expect(status, path).toBe(204)
    expect(headers.get('access-control-allow-origin'), path).toBe(LISTED)
    expect(headers.get('access-control-allow-methods'), path).toBe('GET, POST, HEAD, OPTIONS')
    expect(headers.get('x-request-id'), path).not.toBeNull()
  }
})

test('a page may send what the API reads, and read what it answers', async ({ api }) => {
  const { headers } = await api.send('/api/movies', {
    method: 'OPTIONS',
    headers: {
      Origin: LISTED,
      'Access-Control-Request-Method': 'GET',
      'Access-Control-Request-Headers': 'baggage,traceparent,tracestate',
    },
  })
  const allowed = headers.get('access-control-allow-headers')?.toLowerCase().split(', ')
  expect(allowed).toEqual(
    expect.arrayContaining([
      ...['authorization', 'content-type', 'x-api-key', 'idempotency-key', 'if-match'],
      ...['if-none-match', 'traceparent', 'tracestate', 'baggage'],
    ]),
  )
  const { headers: answered } = await api.send('/api/books/emma', { headers: { Origin: LISTED } })
  const exposed = answered.get('access-control-expose-headers')?.split(', ')
  expect(exposed).toEqual(
    expect.arrayContaining([
      ...['ETag', 'Location', 'RateLimit', 'RateLimit-Policy', 'Retry-After', 'Server-Timing'],
      'X-Request-Id',
    ]),
  )
})

test('a header section that is too large is refused so that the page can read it', async ({
  api,
}) => {
  const answer = await api.send('/api/books/emma', {
    headers: { Origin: LISTED, 'X-Long': 'x'.repeat(20_000) },
  })
  expect(answer).toBeProblem('header-too-large')
  expect(answer.headers.get('access-control-allow-origin')).toBe(LISTED)
})
