import { test } from '@playwright/test'
import { type InProcess, ORIGIN } from '../test/support/in-process.ts'
import { expect } from '../test/support/problem.ts'
import { startApi } from '../test/support/start-api.ts'

/** Everything that is read of a request before its body. */
const HEADERS = [
  ...['Accept', 'Authorization', 'Baggage', 'CF-Connecting-IP', 'Content-Encoding', 'Content-Type'],
  ...['Cookie', 'Idempotency-Key', 'If-Match', 'If-None-Match', 'Origin', 'Sec-Fetch-Site'],
  ...['Traceparent', 'Tracestate', 'User-Agent', 'X-API-Key', 'X-Forwarded-For', 'X-Request-Id'],
]
const PARAMETERS = ['q', 'sort', 'fields', 'limit', 'cursor', 'count', 'year', 'year[gte]', 'nope']
const PATHS = ['/api/books/', '/api/', '/v1/books/get/', '/api/auth/sessions/']

/** What is known to cost more than its length somewhere: by a regular expression, a list, a form. */
const UNITS = {
  marks: '\u0315\u0316',
  emoji: '😀',
  jamo: '\u1100\u1161\u11a8',
  digits: '9',
  colons: 'f:',
  commas: ',',
  tags: '"a",',
  pairs: 'a=b;',
  blanks: ' ',
  dots: './',
  slashes: '/',
  encoded: '%2e',
}

/** So many bytes, percent-encoded where they must be; of parameters, each with a name of its own. */
const TEXTS: Record<string, (bytes: number) => string> = {
  ...Object.fromEntries(
    Object.entries(UNITS).map(([name, unit]) => [
      name,
      (bytes: number) =>
        unit.repeat(bytes / Math.max(encodeURIComponent(unit).length, Buffer.byteLength(unit))),
    ]),
  ),
  names: (bytes) => Array.from({ length: bytes / 5 }, (_, at) => at.toString(36)).join('&'),
}

test.describe('long texts before the body', () => {
  let api: InProcess

  test.beforeAll(async () => {
    const env = { TRUSTED_PROXY: 'proxy:1' }
    api = await startApi({ host: 'in-process', engine: 'embedded', env })
    await api.command('HSET', 'book:a', 'title', 'A', 'author', 'B')
  })
  test.afterAll(() => api.stop())

  const send = (request: Request): Promise<Response> => api.answer(request.clone())

  test('64 KiB of anything in any header, path or query is refused unread', async () => {
    let refused = 0
    for (const [name, textOf] of Object.entries(TEXTS)) {
      for (const [about, request] of requestsWith(textOf(65_536))) {
        // Of some texts a URL keeps nothing: dots and slashes of a path.
        if (request.url.length + [...request.headers].join().length < 17_000) continue
        const answer = await send(request)
        await expect(answer, `${about}: ${name}`).toBeProblem('header-too-large')
        refused++
      }
    }
    expect(refused).toBeGreaterThan(300)
  })

  test('what is read of one costs as much as plain letters do, whatever it is', async () => {
    test.setTimeout(600_000)
    const plain = requestsWith('x'.repeat(15_000))
    for (const [name, textOf] of Object.entries(TEXTS)) {
      for (const [index, [about, request]] of requestsWith(textOf(15_000)).entries()) {
        const beside = plain[index]?.[1] ?? request
        // A busy machine may slow one of the two: then both are measured again.
        await expect(async () => {
          const hostile = await leastCpu(() => send(request))
          const usual = await leastCpu(() => send(beside))
          expect(hostile / usual, `${about}: ${name}: ${hostile} and ${usual}`).toBeLessThan(20)
        }).toPass({ timeout: 60_000 })
      }
    }
  })
})

/** A request for each place, with a text in it; in a header it is its bytes. */
function requestsWith(text: string): [about: string, request: Request][] {
  const bytes = `a${Buffer.from(text).toString('latin1')}a`
  const at = (path: string): Request => new Request(`${ORIGIN}${path}`)
  return [
    ...HEADERS.map((name): [string, Request] => {
      const headers = { [name]: bytes }
      return [name, new Request(`${ORIGIN}/api/books/a`, { headers })]
    }),
    ...PARAMETERS.map((name): [string, Request] => [
      name,
      at(`/api/reviews?${name}=${encodeURIComponent(text)}`),
    ]),
    ['names of parameters', at(`/api/reviews?${text}x`)],
    ...PATHS.map((path): [string, Request] => [path, at(`${path}${text}x`)]),
  ]
}

/** The least CPU time of some tries: what else this process does now and then is in the others. */
async function leastCpu(send: () => Promise<Response>): Promise<number> {
  const tries: number[] = []
  for (let each = 0; each < 3; each++) {
    const before = process.cpuUsage()
    await (await send()).arrayBuffer()
    const { user, system } = process.cpuUsage(before)
    tries.push(user + system)
  }
  return Math.min(...tries)
}
