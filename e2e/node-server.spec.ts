import { createServer } from 'node:net'
import { LISTED, WITH_CORS } from '../test/support/environment.ts'
import { expect, test } from '../test/support/fixtures.ts'
import { raw, statusesIn } from '../test/support/raw.ts'

// What the Node server answers below the API; on another host, its own HTTP layer answers.

test.use({ environment: WITH_CORS })

const GOOD = 'GET /api/books/emma HTTP/1.1\r\nHost: x\r\n\r\n'
const POST = 'POST /api/auth/signin HTTP/1.1\r\nHost: x\r\nContent-Type: application/json\r\n'
const WRONG = JSON.stringify({ user: 'me@home.org', password: 'not the password' })
/** Takes longer than whatever comes behind it. */
const SLOW = `${POST}Content-Length: ${WRONG.length}\r\n\r\n${WRONG}`

function get(path: string, ...fields: string[]): string {
  const lines = [`GET ${path} HTTP/1.1`, 'Host: x', 'Connection: close', ...fields]
  return `${lines.join('\r\n')}\r\n\r\n`
}

test('CONNECT is a 405 problem, malformed requests are 400 problems', async ({ server }) => {
  const { origin } = server
  const connected = await raw(origin, 'CONNECT x:443 HTTP/1.1\r\nHost: x\r\n\r\n')
  expect(connected).toMatch(/^HTTP\/1\.1 405 /)
  for (const text of [
    'NONSENSE\r\n\r\n',
    'GET /api/movies HTTP/1.1\r\n\r\n',
    'GET nowhere HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n',
    'GET http://u@x/api/books/emma HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n',
    `${POST}Content-Length: 5\r\nTransfer-Encoding: chunked\r\n\r\n`,
  ]) {
    const answer = await raw(origin, text)
    expect(answer, text.slice(0, 40)).toMatch(/^HTTP\/1\.1 400 /)
    expect(answer).toContain('/problems/invalid-request')
    expect(answer).toMatch(/^content-type: application\/problem\+json\r$/im)
  }
})

test('a Host that names no host is 400, and so are two; an empty one and an address are none of them', async ({
  server,
}) => {
  const ask = (...hosts: string[]): Promise<string> => {
    const fields = hosts.map((host) => `Host: ${host}\r\n`).join('')
    return raw(server.origin, `GET /api/health HTTP/1.1\r\n${fields}Connection: close\r\n\r\n`)
  }
  for (const host of [
    'a b',
    'h/x?y',
    'u@h',
    'h#x',
    'h:x',
    '[::1',
    '[x]',
    'h:1:2',
    'h%zz',
    'h\\x',
  ]) {
    const answer = await ask(host)
    expect(answer, host).toMatch(/^HTTP\/1\.1 400 /)
    expect(answer, host).toContain('/problems/invalid-request')
  }
  expect(await ask('a', 'a')).toMatch(/^HTTP\/1\.1 400 /)
  expect(await ask('a', 'b')).toMatch(/^HTTP\/1\.1 400 /)
  for (const host of ['', 'localhost.', '[::1]', '[::1]:3000', 'x:', 'x:80', '127.0.0.1', 'x_y']) {
    expect(await ask(host), host).toMatch(/^HTTP\/1\.1 200 /)
  }
  expect(await raw(server.origin, 'GET /api/health HTTP/1.0\r\n\r\n')).toMatch(/^HTTP\/1\.1 200 /)
})

test('whatever the server refuses by itself, a page of a listed origin can read', async ({
  server,
}) => {
  const origin = `Origin: ${LISTED}`
  const cases: [text: string, status: number, slug: string][] = [
    [`${POST}${origin}\r\nContent-Length: 70000\r\n\r\n`, 413, 'payload-too-large'],
    [get('/api/%zz', origin), 400, 'invalid-request'],
    [get('/api/books/emma', origin).replace('Host: x', 'Host: u@x'), 400, 'invalid-request'],
    [get('/api/books/emma', origin, 'no field'), 400, 'invalid-request'],
    [get('/api/books', origin).replace('GET', 'TRACE'), 405, 'method-not-allowed'],
    [`CONNECT x:443 HTTP/1.1\r\nHost: x\r\n${origin}\r\n\r\n`, 405, 'method-not-allowed'],
    [get('/_error', origin), 404, 'not-found'],
    // One that the parser still takes, and one that it gives up.
    [get('/api/books', `X-Long: ${'x'.repeat(20_000)}`, origin), 431, 'header-too-large'],
    [get('/api/books', origin, `X-Long: ${'x'.repeat(80_000)}`), 431, 'header-too-large'],
  ]
  for (const [text, status, slug] of cases) {
    const answer = await raw(server.origin, text)
    const about = `${text.slice(0, 60)} ${answer}`
    expect(statusesIn(answer), about).toEqual([status])
    const head = answer.slice(0, answer.indexOf('\r\n\r\n')).toLowerCase()
    const body = JSON.parse(answer.slice(answer.indexOf('\r\n\r\n')))
    expect(body, about).toMatchObject({ type: `/problems/${slug}`, status })
    const fields = [
      'content-type: application/problem+json',
      `access-control-allow-origin: ${LISTED}`,
      'vary: origin',
      'cache-control: no-store',
      `x-request-id: ${body.requestId}`,
      'server-timing: redis;dur=0;desc="0 trips, 0 commands"',
      'x-content-type-options: nosniff',
    ]
    for (const field of fields) expect(head.split('\r\n'), about).toContain(field)
    expect(head).toContain('access-control-expose-headers: ')
  }
  const stranger = await raw(server.origin, get('/api/%zz', 'Origin: https://evil.example'))
  expect(stranger.toLowerCase()).not.toContain('access-control-allow-origin')
})

test('a path that is no UTF-8 is told what is wrong with it, whoever refuses it', async ({
  api,
}) => {
  for (const path of ['/api/%zz', '/api/books/%ff', '/%']) {
    const answer = await api.get(path)
    expect(answer).toBeProblem('invalid-request')
    expect(answer.body.detail, path).toContain('percent sign')
  }
})

test('a refusal of HEAD has the length of its body, and no body', async ({ server }) => {
  const answer = await raw(server.origin, get('/api/%zz').replace('GET', 'HEAD'))
  expect(answer).toMatch(/^HTTP\/1\.1 400 .*\r\ncontent-length: [1-9]\d*\r\n.*\r\n\r\n$/is)
})

test('another spelling of a path is sent to its normal form before anything is looked at', async ({
  server,
}) => {
  for (const [path, normal] of [
    ['/api/./auth/signin', '/api/auth/signin'],
    ['/api/x/../auth/signin', '/api/auth/signin'],
    ['/api/x/%2E%2e/auth/signin?a=b', '/api/auth/signin?a=b'],
    ['/api/books/%2e', '/api/books'],
    ['/_next/./data/x/api/books/emma.json', '/_next/data/x/api/books/emma.json'],
    ['/x/../_next/data/x.json', '/_next/data/x.json'],
    ['/..//example.com', '/example.com'],
    ['/\\example.com', '/example.com'],
    ['//example.com/%2f..', '/example.com/%2f..'],
    ['http://other.example//api/../api/books', '/api/books'],
  ] as const) {
    const answer = await raw(server.origin, get(path))
    expect(answer, path).toMatch(/^HTTP\/1\.1 308 /)
    expect(answer.split('\r\n'), path).toContain(`location: ${normal}`)
    const preflight = await raw(server.origin, get(path).replace('GET', 'OPTIONS'))
    expect(preflight, path).toMatch(/^HTTP\/1\.1 (?!3)/)
  }
  const at = await raw(server.origin, get('/_next/data/x/api/books/emma.json'))
  expect(at).toMatch(/^HTTP\/1\.1 404 /)
  const upload = `POST /api/books/ HTTP/1.1\r\nHost: x\r\nContent-Length: 70000\r\n\r\n`
  expect(await raw(server.origin, upload)).toMatch(/^HTTP\/1\.1 413 /)
})

test('the answers of one connection come in the order of its requests, and a last one ends it', async ({
  server,
}) => {
  const tooLarge = `${POST}Content-Length: 70000\r\n\r\n`
  const chunks = `${POST}Transfer-Encoding: chunked\r\n\r\n`
  const upload = `${chunks}11170\r\n${'x'.repeat(70_000)}\r\n0\r\n\r\n`
  for (const [text, statuses] of [
    [`${SLOW}${tooLarge}${GOOD}`, [401, 413]],
    [`${SLOW}${upload}${GOOD}`, [401, 413]],
    [`${tooLarge}${'x'.repeat(70_000)}${GOOD}`, [413]],
    [`${SLOW}NONSENSE\r\n\r\n`, [401, 400]],
    [`${SLOW}${GOOD}NONSENSE\r\n\r\n${GOOD}`, [401, 200, 400]],
    [`${SLOW}CONNECT x:443 HTTP/1.1\r\nHost: x\r\n\r\n`, [401, 405]],
    [`${SLOW}GET /api/%zz HTTP/1.1\r\nHost: x\r\n\r\n${GOOD}`, [401, 400]],
    [`${SLOW}TRACE / HTTP/1.1\r\nHost: x\r\n\r\n${GOOD}`, [401, 405]],
    [`${SLOW}GET / HTTP/1.1\r\nHost: x\r\nX-Long: ${'x'.repeat(20_000)}\r\n\r\n`, [401, 431]],
    // A body that is no body is the fault of its own request.
    [`${SLOW}${chunks}zz\r\n`, [401, 400]],
    [`${chunks}zz\r\n`, [400]],
    [
      `${SLOW}${get('/api//books/emma').replace('Connection: close\r\n', '')}${get('/api/books/emma')}`,
      [401, 308, 200],
    ],
  ] as const) {
    const answers = await raw(server.origin, text)
    expect(statusesIn(answers), text.replace(/x{99,}/, '…')).toEqual(statuses)
  }
})

test('a reset is an answer of a server, and no fault of who asked', async () => {
  const server = createServer((socket) => socket.resetAndDestroy())
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  const address = server.address()
  const port = typeof address === 'object' ? address?.port : undefined
  expect(await raw(`http://127.0.0.1:${port}`, GOOD)).toBe('')
  await new Promise((resolve) => server.close(resolve))
})
