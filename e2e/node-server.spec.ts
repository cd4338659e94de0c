import { expect, test } from './support/fixtures.ts'
import { raw } from './support/raw.ts'

// What the Node server answers below the API; on another host, its own HTTP layer answers.

test('CONNECT is a 405 problem, malformed requests are 400 problems', async ({ server }) => {
  const { origin } = server
  const connected = await raw(origin, 'CONNECT x:443 HTTP/1.1\r\nHost: x\r\n\r\n')
  expect(connected).toMatch(/^HTTP\/1\.1 405 /)
  for (const text of [
    'NONSENSE\r\n\r\n',
    'GET /api/movies HTTP/1.1\r\n\r\n',
    'GET nowhere HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n',
    `GET / HTTP/1.1\r\nHost: x\r\nX-Long: ${'x'.repeat(20_000)}\r\n\r\n`,
    'POST /api/auth/signin HTTP/1.1\r\nHost: x\r\nContent-Length: 5\r\nTransfer-Encoding: chunked\r\n\r\n',
  ]) {
    const answer = await raw(origin, text)
    expect(answer, text.slice(0, 40)).toMatch(/^HTTP\/1\.1 400 /)
    expect(answer).toContain('/problems/invalid-request')
    expect(answer).toMatch(/^content-type: application\/problem\+json\r$/im)
  }
})
