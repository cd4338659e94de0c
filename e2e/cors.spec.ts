import { expect, isCounting, isHousekeeping, test } from './support/fixtures.ts'

const LISTED = 'https://app.example.com'
test.use({ environment: { CORS_ORIGINS: `${LISTED}, https://other.example` } })

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
  ] as const) {
    const { headers, ...answer } = await api.send(path, { headers: { Origin: LISTED } })
    expect(answer.status, path).toBe(status)
    expect(headers.get('vary'), path).toContain('Origin')
    if (path === '/api/%zz') continue
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
