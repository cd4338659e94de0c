import { type Answer, Api, ME } from '../test/support/api.ts'
import { rateLimits } from '../test/support/environment.ts'
import { expect, test } from '../test/support/fixtures.ts'
import { mailVariables } from '../test/support/outbox.ts'
import { startApi } from '../test/support/start-api.ts'

const ORIGIN = 'https://app.example.com'
const SIGN_INS = 6
const environment = {
  TRUSTED_PROXY: 'proxy:1',
  CORS_ORIGINS: ORIGIN,
  RATE_LIMITS: rateLimits({ signin: SIGN_INS }),
}
test.use({ environment })

/** Headers whose values are the same wherever the API runs. */
const SAME = [
  'accept-encoding',
  'access-control-allow-headers',
  'access-control-allow-methods',
  'access-control-allow-origin',
  'access-control-expose-headers',
  'access-control-max-age',
  'allow',
  'cache-control',
  'content-language',
  'content-security-policy',
  'content-type',
  'cross-origin-resource-policy',
  'link',
  'location',
  'ratelimit-policy',
  'referrer-policy',
  'vary',
  'www-authenticate',
  'x-content-type-options',
]

/** What must be equal of two answers. */
function essence({ status, headers, body }: Answer): unknown {
  // Under `npm start` the Node server refuses some requests by itself, with less of an explanation.
  const members = Object.keys(body ?? {}).filter((name) => name !== 'detail')
  const cookies = headers.getSetCookie().map((cookie) => cookie.replace(/=[^;]*/, '='))
  return {
    status,
    type: body?.type,
    members,
    headers: Object.fromEntries(
      SAME.map((name) => [name, headers.get(name)?.replace(/'nonce-[^']*'|[\da-f-]{36}/, '')]),
    ),
    trips: /desc="(.*)"/.exec(headers.get('server-timing') ?? '')?.[1],
    etag: headers.has('etag'),
    requestId: headers.has('x-request-id'),
    cookies,
  }
}

/** Each walk has its own, and so its own counters. */
type Client = Readonly<{ 'X-Forwarded-For': string }>

/** The requests of the comparison, in order, and what came back; each names the status it expects. */
async function walk(origin: string, client: Client): Promise<[line: string, answer: Answer][]> {
  const api = new Api(origin)
  const answers: [string, Answer][] = []
  const send = async (line: string, more: Record<string, string> = {}): Promise<Answer> => {
    const [status, method = '', path = ''] = line.split(' ')
    const { body, ...headers } = more
    const answer = await api.send(path, {
      method,
      headers: { 'Content-Type': 'application/json', ...client, ...headers },
      ...(body === undefined ? {} : { body }),
    })
    expect(answer.status, `${line} ${answer.text}`).toBe(Number(status))
    answers.push([line, answer])
    return answer
  }

  const { body: pair } = await send('200 POST /api/auth/signin', { body: JSON.stringify(ME) })
  await send('200 POST /api/auth/refresh', { body: JSON.stringify({ refresh: pair.refresh }) })
  const me = { Authorization: `Bearer ${pair.JWT}` }
  await send('200 GET /api/movies/Pulp%20Fiction', me)
  await send('200 GET /api/movies/Pulp%20Fiction?nxtPid=Jaws&id=Jaws', me)
  await send('404 GET /api/movies/Pulp%20Fiction.rsc', me)
  await send('200 GET /api/movies?limit=2&sort=year', me)
  await send('404 GET /api/movies/Nothing%20of%20the%20Kind', me)
  await send('404 GET /api/nope')
  await send('405 DELETE /api/movies', me)
  await send('401 GET /api/movies')
  await send('401 GET /api/movies', { 'X-Middleware-Subrequest': 'middleware' })
  await send('400 GET /api/%zz')
  await send('200 GET /api/books/emma', { 'X-Middleware-Rewrite': '/api/health' })
  await send('308 GET /api/books/emma/', { Origin: ORIGIN })
  await send('308 POST /api//movies?limit=1')
  await send('308 GET /problems/not-found/')
  await send('204 OPTIONS /api//movies/', {
    Origin: ORIGIN,
    'Access-Control-Request-Method': 'GET',
  })
  await send('412 GET /api/books/emma', { 'If-Match': '"nope"' })
  await send('415 POST /api/auth/refresh', { 'Content-Encoding': 'gzip', body: '{}' })
  await send('401 POST /api/auth/refresh', { body: '{"refresh":"not.a.token"}' })
  await send('431 GET /api/books/emma', { 'X-Long': 'x'.repeat(20_000) })
  await send('200 HEAD /api/books/emma')
  await send('204 OPTIONS /api/movies', { Origin: ORIGIN, 'Access-Control-Request-Method': 'GET' })
  await send('204 OPTIONS /api/movies')
  await send('200 GET /api/openapi.json')

  const body = JSON.stringify({ movie: 'Pulp Fiction', rating: 5, text: 'Royale with cheese' })
  const made = await send('201 POST /api/reviews', { ...me, body })
  const path = made.headers.get('location') ?? ''
  const patch = { 'Content-Type': 'application/merge-patch+json', body: '{"rating":4}' }
  await send(`200 PATCH ${path}`, { ...me, ...patch })
  await send(`204 DELETE ${path}`, me)
  await send('400 POST /api/reviews', { ...me, body: '{"rating":' })

  const login = await send('200 POST /api/auth/login', { body: JSON.stringify(ME) })
  const pairs = login.headers.getSetCookie().map((cookie) => cookie.split(';')[0])
  const cookies = { Cookie: pairs.join('; '), 'Sec-Fetch-Site': 'same-origin' }
  await send('200 GET /api/profile', cookies)
  await send('204 POST /api/auth/logout', { ...cookies, body: '{}' })
  await send('401 GET /api/profile', cookies)
  const wrong = JSON.stringify({ user: 'nobody@home.org', password: 'not a password' })
  // The two that went well count.
  for (let count = 3; count <= SIGN_INS; count++) {
    await send('401 POST /api/auth/signin', { body: wrong })
  }
  await send('429 POST /api/auth/signin', { body: wrong })
  return answers
}

test('the build answers in workerd as under the other hosts', async ({ server, store, outbox }) => {
  const workerd = await startApi({
    host: 'next-workerd',
    store: { url: store.proxy.url, token: store.gateway.token },
    env: { APP_ORIGIN: server.origin, ...mailVariables(outbox), ...environment },
  })
  try {
    const there = await walk(server.origin, { 'X-Forwarded-For': '203.0.113.1' })
    const here = await walk(workerd.origin, {
      'X-Forwarded-For': '203.0.113.2',
    })
    for (const [index, [line, answer]] of here.entries()) {
      const other = there[index]?.[1]
      expect(essence(answer), line).toEqual(other === undefined ? undefined : essence(other))
    }
  } finally {
    expect(await workerd.stop()).toBe(0)
  }
})
