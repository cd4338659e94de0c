import { account } from '../test/support/accounts.ts'
import type { Api } from '../test/support/api.ts'
import { rateLimits } from '../test/support/environment.ts'
import { expect, test } from '../test/support/fixtures.ts'

const METRICS_TOKEN = 'a-token-of-thirty-two-letters-or-more'
test.use({ environment: { METRICS_TOKEN, RATE_LIMITS: rateLimits({ mail: 3 }) } })

/** The samples of the text by name and labels. */
async function scrape(api: Api): Promise<Map<string, number>> {
  const answer = await api.get('/api/metrics', METRICS_TOKEN)
  expect(answer.status, answer.text).toBe(200)
  expect(answer.type).toBe('text/plain; version=0.0.4; charset=utf-8')
  expect(answer.headers.get('cache-control')).toBe('no-store')
  const samples = new Map<string, number>()
  for (const line of answer.text.trimEnd().split('\n')) {
    if (/^# (HELP|TYPE) usher_[a-z_]+ \S/.test(line)) continue
    const parts =
      /^(usher_[a-z_]+(?:\{[a-z]+="[^"\\\n]*"(?:,[a-z]+="[^"\\\n]*")*\})?) ([\d.]+)$/.exec(line)
    expect(parts, line).not.toBeNull()
    samples.set(parts?.[1] ?? '', Number(parts?.[2]))
  }
  return samples
}

// The first: what functions have not told of other tests would be counted here.
test('counts by operation and status, quotas by policy, sign-ins by result, whoever answers', async ({
  api,
  store,
}) => {
  const own = await account(store, 'measured@home.org')
  const before = await scrape(api)
  const { JWT } = await api.signIn(own)
  await api.post('/api/auth/signin', { ...own, password: 'wrong' })
  for (let index = 0; index < 3; index++) await api.get('/api/movies/Pulp%20Fiction', JWT)
  await api.get('/api/movies', JWT)
  await api.get('/api/movies')
  await api.get('/v1/books/get/emma')
  await api.get('/api/nothing/at/all')
  const forgot = { user: 'nobody@home.org' }
  for (let index = 0; index < 4; index++) await api.post('/api/auth/password/forgot', forgot)

  const requests = (operation: string, status: number): string =>
    `usher_requests_total{operation="${operation}",status="${status}"}`
  const durations = 'usher_request_duration_seconds'
  const movie = 'operation="GET /api/movies/{id}"'
  // Each function of the framework has counters of its own, and tells in its own time.
  await expect
    .poll(
      async () => {
        const after = await scrape(api)
        const more = (name: string): number => (after.get(name) ?? 0) - (before.get(name) ?? 0)
        return {
          read: more(requests('GET /api/movies/{id}', 200)),
          listed: more(requests('GET /api/movies', 200)),
          refused: more(requests('GET /api/movies', 401)),
          older: more(requests('GET /api/books/{id}', 200)),
          unknown: more(requests('none', 404)),
          timed: more(`${durations}_count{${movie}}`),
          all: more(`${durations}_bucket{${movie},le="+Inf"}`),
          mailed: more(requests('POST /api/auth/password/forgot', 202)),
          denied: more('usher_quota_denied_total{policy="mail"}'),
          succeeded: more('usher_signins_total{result="succeeded"}'),
          failed: more('usher_signins_total{result="failed"}'),
          trips: more('usher_store_trips_total') >= 9,
          commands: more('usher_store_commands_total') > more('usher_store_trips_total'),
        }
      },
      { timeout: 60_000 },
    )
    .toEqual({
      ...{ read: 3, listed: 1, refused: 1, older: 1, unknown: 1, timed: 3, all: 3 },
      ...{ mailed: 3, denied: 1, succeeded: 1, failed: 1, trips: true, commands: true },
    })
})

test('for admins, and for METRICS_TOKEN, which opens nothing else', async ({ api, store }) => {
  const admin = await api.signIn(await account(store, 'measuring@home.org', { level: '9' }))
  const editor = await api.signIn(await account(store, 'unmeasured@home.org', { level: '5' }))
  expect((await api.get('/api/metrics', admin.JWT)).status).toBe(200)
  expect(await api.get('/api/metrics', editor.JWT)).toBeProblem('insufficient-scope')
  expect(await api.get('/api/metrics')).toBeProblem('authentication-required')
  for (const wrong of [METRICS_TOKEN.slice(1), `${METRICS_TOKEN}x`, METRICS_TOKEN.toUpperCase()]) {
    expect(await api.get('/api/metrics', wrong), wrong).toBeProblem('invalid-token')
  }
  await scrape(api)
  for (const path of ['/api/events', '/api/users', '/api/blocks', '/api/movies', '/api/profile']) {
    expect(await api.get(path, METRICS_TOKEN), path).toBeProblem('invalid-token')
  }
  const posted = await api.post('/api/metrics', {}, METRICS_TOKEN)
  expect(posted).toBeProblem('method-not-allowed')
})

test('no counter goes back, and none is counted twice', async ({ api, store }) => {
  const { JWT } = await api.signIn(await account(store, 'steady@home.org'))
  let last = await scrape(api)
  for (let round = 0; round < 5; round++) {
    await api.get('/api/movies', JWT)
    const next = await scrape(api)
    for (const [name, value] of last)
      expect(next.get(name) ?? -1, name).toBeGreaterThanOrEqual(value)
    last = next
  }
})
