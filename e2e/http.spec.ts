import { connect } from 'node:net'
import { account } from '../test/support/accounts.ts'
import { ME } from '../test/support/api.ts'
import { expect, test } from '../test/support/fixtures.ts'
import { raw } from '../test/support/raw.ts'

/** Sends raw bytes and reads until the server closes the connection. */
test('404 not-found for every other path, 405 with Allow for every other method', async ({
  api,
}) => {
  for (const path of [
    '/api',
    '/v1',
    '/api/nope',
    '/api/auth',
    '/api/auth/nope',
    '/v1/movies',
    '/api/movies/a/b',
    '/api/constructor',
    '/api/%61uth/signin',
  ]) {
    expect(await api.get(path), path).toBeProblem('not-found')
    expect(await api.post(path, {}), path).toBeProblem('not-found')
  }
  for (const [method, path, allow] of [
    ['GET', '/api/auth/signin', 'POST, OPTIONS'],
    ['DELETE', '/api/movies', 'GET, POST, HEAD, OPTIONS'],
    ['POST', '/api/books/emma', 'GET, PUT, PATCH, DELETE, HEAD, OPTIONS'],
    ['POST', '/v1/books/get/emma', 'GET, HEAD, OPTIONS'],
    ['PROPFIND', '/api/health', 'GET, HEAD, OPTIONS'],
    ['PATCH', '/api/auth/refresh', 'POST, OPTIONS'],
  ] as const) {
    const answer = await api.send(path, { method })
    expect(answer, `${method} ${path}`).toBeProblem('method-not-allowed')
    expect(answer.headers.get('allow')).toBe(allow)
  }
})

test('400 invalid-request for broken percent-encoding', async ({ api }) => {
  for (const path of ['/api/%zz', '/api/movies/%', '/api/movies/%ff', '/v1/%E0%A4%A']) {
    const answer = await api.get(path)
    expect(answer, path).toBeProblem('invalid-request')
    expect(answer.body.instance).toBe(path)
  }
})

test('400, 413, 415 for bodies that are not what they should be', async ({ api }) => {
  const send = (body: string, type = 'application/json') =>
    api.send('/api/auth/signin', { method: 'POST', headers: { 'Content-Type': type }, body })
  expect(await send('{"user":')).toBeProblem('invalid-request')
  expect(await send('')).toBeProblem('invalid-request')
  expect(await send('user=me', 'text/plain')).toBeProblem('unsupported-media-type')
  expect(await send('{}', 'application/jsonp')).toBeProblem('unsupported-media-type')
  const padded = JSON.stringify(ME).padEnd(65_536)
  expect((await send(padded, 'application/json; charset=utf-8')).status).toBe(200)
  expect(await send(`${padded} `)).toBeProblem('payload-too-large')
})

test('HEAD is GET without a body; OPTIONS is 204 with Allow, before any credential', async ({
  api,
}) => {
  const head = await api.send('/api/books/emma', { method: 'HEAD' })
  expect([head.status, head.text, head.type]).toEqual([200, '', 'application/json'])
  expect((await api.send('/api/movies', { method: 'HEAD' })).status).toBe(401)
  const options = await api.send('/api/movies', { method: 'OPTIONS' })
  expect([options.status, options.headers.get('allow')]).toEqual([204, 'GET, POST, HEAD, OPTIONS'])
})

test('a path with a trailing or doubled slash is 308 to its normal form, on this host', async ({
  api,
}) => {
  for (const [path, location] of [
    ['/api/books/emma/', '/api/books/emma'],
    ['/api//books?limit=1', '/api/books?limit=1'],
    ['//api/books', '/api/books'],
    ['/problems/not-found/', '/problems/not-found'],
    ['//example.com/', '/example.com'],
  ] as const) {
    for (const method of ['GET', 'POST']) {
      const { status, headers } = await api.send(path, { method })
      expect([status, headers.get('location')], `${method} ${path}`).toEqual([308, location])
      expect(headers.get('x-request-id'), path).toMatch(/^[\da-f-]{36}$/)
    }
  }
})

test('415 for a body that is encoded, with what is taken; an identity is none', async ({ api }) => {
  const send = (encoding: string, type = 'application/json', path = '/api/auth/signin') =>
    api.send(path, {
      method: 'POST',
      headers: { 'Content-Type': type, 'Content-Encoding': encoding },
      body: JSON.stringify(ME),
    })
  for (const encoding of ['gzip', 'br', 'gzip, identity', 'made-up']) {
    for (const path of ['/api/auth/signin', '/api/auth/refresh', '/api/auth/logout']) {
      const answer = await send(encoding, undefined, path)
      expect(answer, `${encoding} ${path}`).toBeProblem('unsupported-media-type')
      expect(answer.headers.get('accept-encoding')).toBe('identity')
    }
  }
  expect((await send('identity')).status).toBe(200)
  // RFC 9110 12.5.3: a fault of another kind may not be answered with it.
  const { status, headers } = await send('identity', 'text/plain')
  expect([status, headers.get('accept-encoding')]).toEqual([415, null])
})

test('a header section over 16 KiB is 431, wherever in it the length is', async ({ api }) => {
  const long = 'x'.repeat(20_000)
  for (const [path, headers] of [
    ['/api/books/emma', { 'X-Long': long }],
    ['/api/books/emma', { Cookie: `a=${long}` }],
    [`/api/books?q=${long}`, {}],
  ] as const) {
    const answer = await api.send(path, { headers })
    expect(answer).toBeProblem('header-too-large')
  }
  const { status } = await api.send('/api/books/emma', {
    headers: { 'X-Long': 'x'.repeat(12_000) },
  })
  expect(status).toBe(200)
  const page = await api.get('/problems/header-too-large')
  expect(page.text).toContain('16 KiB')
})

test('what anybody may read can be embedded by any site, and nothing else of the API', async ({
  api,
}) => {
  for (const [path, method, policy] of [
    ['/api/openapi.json', 'GET', 'cross-origin'],
    ['/.well-known/jwks.json', 'GET', 'cross-origin'],
    ['/api/health', 'GET', 'cross-origin'],
    ['/api/books/emma', 'GET', 'cross-origin'],
    ['/api/reviews', 'HEAD', 'cross-origin'],
    ['/api/books/absent', 'GET', 'cross-origin'],
    ['/api/books', 'GET', 'same-origin'],
    ['/api/movies/Pulp%20Fiction', 'GET', 'same-origin'],
    ['/api/auth/signin', 'POST', 'same-origin'],
    ['/api/nope', 'GET', 'same-origin'],
    ['/api/%zz', 'GET', 'same-origin'],
    ['/api/books/', 'GET', 'same-origin'],
    ['/api/books', 'OPTIONS', 'same-origin'],
  ] as const) {
    const { headers } = await api.send(path, { method })
    expect(headers.get('cross-origin-resource-policy'), `${method} ${path}`).toBe(policy)
    // Over plain http a browser may not be told to come by https (RFC 6797 7.2).
    expect(headers.get('strict-transport-security')).toBeNull()
  }
})

test('TRACE is a 405 problem, and echoes nothing', async ({ server }) => {
  const { origin } = server
  const trace = await raw(
    origin,
    'TRACE /api/movies HTTP/1.1\r\nHost: x\r\nConnection: close\r\nCookie: secret\r\n\r\n',
  )
  expect(trace).toMatch(/^HTTP\/1\.1 405 /)
  expect(trace).toMatch(/^allow: GET, POST, HEAD, OPTIONS\r$/im)
  expect(trace).toContain('/problems/method-not-allowed')
  expect(trace).not.toContain('secret')
  expect(await raw(origin, 'TRACE /nope HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n')).toMatch(
    /^HTTP\/1\.1 405 /,
  )
})

test('the server stops reading a body at 64 KiB, also of one that never ends', async ({
  server,
}) => {
  const head = 'POST /api/auth/signin HTTP/1.1\r\nHost: x\r\nContent-Type: application/json\r\n'
  const declared = await raw(server.origin, `${head}Content-Length: 65537\r\n\r\n`)
  expect(declared).toMatch(/^HTTP\/1\.1 413 /)

  let endless = ''
  // What the server said is lost where it closed before this client came to read it.
  while (endless === '') {
    let sent = 0
    endless = await raw(server.origin, `${head}Transfer-Encoding: chunked\r\n\r\n`, (write) => {
      const chunk = `400\r\n${'x'.repeat(1_024)}\r\n`
      const more = (): void => {
        // Bounded, in case the server does read on.
        if (sent >= 64 * 1_024 * 1_024 || !write(chunk)) return
        sent += chunk.length
        setImmediate(more)
      }
      more()
    })
    expect(sent).toBeLessThan(16 * 1_024 * 1_024)
  }
  expect(endless).toMatch(/^HTTP\/1\.1 413 /)
  expect(endless).toContain('/problems/payload-too-large')

  const exact = JSON.stringify(ME).padEnd(65_536)
  const chunked = `${head}Connection: close\r\nTransfer-Encoding: chunked\r\n\r\n10000\r\n${exact}\r\n0\r\n\r\n`
  expect(await raw(server.origin, chunked)).toMatch(/^HTTP\/1\.1 200 /)
})

test('the id of a request is the server’s own, and internal headers of a client count for nothing', async ({
  api,
}) => {
  const answer = await api.send('/api/books/emma', {
    headers: {
      'X-Request-Id': 'mine',
      'X-Usher-Request-Id': 'mine',
      'X-Usher-Trips': '9;9;1800;0;',
      'X-Usher-Counted': 'u_0000000000000000',
      'X-Usher-Gate': 'mine',
      'X-Middleware-Subrequest': 'middleware:middleware:middleware:middleware:middleware',
    },
  })
  expect(answer.status).toBe(200)
  expect(answer.headers.get('x-request-id')).toMatch(/^[\da-f-]{36}$/)
  // What the gate tells the endpoint stays inside.
  const names = [...answer.headers.keys()]
  expect(names.filter((name) => /^x-(usher|middleware)/.test(name))).toEqual([])
})

test('a problem leads to a page that explains it', async ({ api }) => {
  const { body } = await api.get('/api/movies')
  const page = await api.get(body.type)
  expect([page.status, page.type]).toEqual([200, 'text/html; charset=utf-8'])
  expect(page.text).toContain('This operation needs a credential')
  expect((await api.get('/problems/nope')).status).toBe(404)
  expect((await api.get('/problems/constructor')).status).toBe(404)
})

test('a client that goes away in the middle takes nobody with it', async ({ api, server }) => {
  const { hostname, port } = new URL(server.origin)
  const openings = [
    'CONNECT a:1 HTTP/1.1\r\nHost: x\r\n\r\n',
    'NONSENSE\r\n\r\n',
    'POST /api/auth/signin HTTP/1.1\r\nHost: x\r\nContent-Length: 100\r\n\r\n{',
    'GET /api/books/emma HTTP/1.1\r\nHost: x\r\n\r\n',
  ]
  for (let round = 0; round < 10; round++) {
    for (const opening of openings) {
      const socket = connect(Number(port), hostname)
      await new Promise<void>((resolve) => socket.write(opening, () => resolve()))
      // A reset, not a polite end: the server's answer finds nobody.
      socket.resetAndDestroy()
    }
  }
  expect((await api.get('/api/health')).status).toBe(200)
})

test('an Upgrade header is ignored: the request is answered as any other', async ({ server }) => {
  const upgrade =
    'Connection: Upgrade, close\r\nUpgrade: h2c\r\nHTTP2-Settings: AAMAAABkAAQAAP__\r\n'
  for (let round = 0; round < 2; round++) {
    const answer = await raw(
      server.origin,
      `GET /api/books/emma HTTP/1.1\r\nHost: x\r\n${upgrade}\r\n`,
    )
    expect(answer).toMatch(/^HTTP\/1\.1 200 /)
    expect(answer).toContain('Jane Austen')
  }
})

test('paths that Next would answer with a bare 500, or with another item, are ours', async ({
  api,
  store,
}) => {
  for (const path of ['/problems/%zz', '/%ff']) {
    expect(await api.get(path), path).toBeProblem('invalid-request')
  }
  for (const path of ['/_global-error', '/_error', '/_next/data/x/api/books/emma.json']) {
    expect((await api.get(path)).status, path).toBe(404)
  }
  expect((await api.post('/problems/not-found', {})).status).toBe(405)
  await store.call('HSET', 'book:emma.rsc', 'title', 'Another', 'author', 'Nobody')
  expect((await api.get('/api/books/emma.rsc')).body).toMatchObject({ id: 'emma.rsc' })
  expect((await api.get('/api/books/absent.rsc')).status).toBe(404)
})

test('the trace that a request belongs to is in its log line; a broken one is not', async ({
  api,
  server,
}) => {
  const traceId = '4bf92f3577b34da6a3ce929d0e0e4736'
  const good = `00-${traceId}-00f067aa0ba902b7-01`
  const answer = await api.send('/api/books/emma', { headers: { traceparent: good } })
  const refused = await api.send('/api/movies', { headers: { traceparent: good } })
  const broken = await api.send('/api/books/emma', {
    headers: { traceparent: `00-${'0'.repeat(32)}-00f067aa0ba902b7-01` },
  })
  const lineOf = async ({ headers }: { headers: Headers }) => {
    const id = headers.get('x-request-id') ?? ''
    await expect.poll(() => server.output()).toContain(id)
    const line = server
      .output()
      .split('\n')
      .find((each) => each.includes(id))
    return JSON.parse(line ?? '{}')
  }
  expect(await lineOf(answer)).toMatchObject({
    event: 'request',
    traceId,
    operation: 'GET /api/books/{id}',
    status: 200,
    trips: expect.any(Number),
    ms: expect.any(Number),
    limits: expect.stringMatching(/^anonymous=\d+$/),
  })
  expect(await lineOf(refused)).toMatchObject({
    traceId,
    status: 401,
    code: 'authentication-required',
  })
  expect((await lineOf(broken)).traceId).toBeUndefined()
})

test('the trace is passed on: to a store over REST, by a span of our own, and to the mail service', async ({
  api,
  store,
  transport,
  outbox,
}) => {
  const { JWT } = await api.signIn()
  const trace = (digit: string) => `00-${digit.repeat(32)}-00f067aa0ba902b7-01`
  const passedOn = (digit: string) => new RegExp(`^00-${digit.repeat(32)}-[\\da-f]{16}-01$`)
  const before = store.trips.length
  const read = (headers: Record<string, string>) =>
    api.send('/api/movies/Pulp%20Fiction', {
      headers: { Authorization: `Bearer ${JWT}`, ...headers },
    })
  const traced = ['a', 'b'].map((digit) => read({ traceparent: trace(digit) }))
  for (const { status } of await Promise.all([read({}), ...traced])) expect(status).toBe(200)
  const reads = store.trips.slice(before).filter(({ path }) => path === '/pipeline')
  const sent = reads.map(({ traceparent }) => traceparent ?? 'none').sort()
  // The protocol of Redis has no place for it.
  if (transport === 'rest') {
    expect(sent).toEqual([
      expect.stringMatching(passedOn('a')),
      expect.stringMatching(passedOn('b')),
      'none',
    ])
  }
  expect(sent).not.toContain(trace('a'))

  const { user } = await account(store, 'traced@home.org')
  const init = {
    method: 'POST',
    headers: { 'Content-Type': 'application/json', traceparent: trace('c') },
    body: JSON.stringify({ user }),
  }
  expect((await api.send('/api/auth/password/forgot', init)).status).toBe(202)
  await outbox.next(user)
  expect(outbox.attempts.at(-1)?.['traceparent']).toMatch(passedOn('c'))
})
