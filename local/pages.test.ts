import { once } from 'node:events'
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { createServer, type Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect, test } from '@playwright/test'
import { Pages } from './pages.ts'
import { send } from './server.ts'

const PEER = 'x-peer'
const folder = mkdtempSync(join(tmpdir(), 'usher-pages-'))
const file = join(folder, 'thread.mjs')
/** A letter for each start of the thread. */
const startsFile = join(folder, 'starts')

let now = 0
let pages: Pages
let server: Server
let origin: string

test.beforeAll(() => {
  writeFileSync(startsFile, '')
  // In the place of Next: says what it was asked, or ends.
  writeFileSync(
    file,
    `import { appendFileSync } from 'node:fs'
import { createServer } from 'node:http'
import { parentPort } from 'node:worker_threads'
appendFileSync(${JSON.stringify(startsFile)}, 's')
let waiting = 0
const server = createServer({ keepAliveTimeout: 0 }, async (request, response) => {
  if (request.url === '/end') process.exit(3)
  if (request.url === '/half') {
    response.write('half', () => response.destroy())
    return
  }
  if (request.url === '/never') {
    waiting++
    response.once('close', () => waiting--)
    return
  }
  let body = ''
  for await (const chunk of request) body += chunk
  response.setHeader('Set-Cookie', ['a=1', 'b=2'])
  response.setHeader('Content-Type', 'application/json')
  const { method, url, headers } = request
  response.end(JSON.stringify({ method, url, headers, body, waiting }))
})
server.listen(0, '127.0.0.1', () => parentPort.postMessage(server.address().port))
parentPort.once('message', () => process.exit(0))
`,
  )
})
test.afterAll(() => rmSync(folder, { recursive: true }))

test.beforeEach(async () => {
  pages = new Pages(file, PEER, () => now)
  server = createServer(async (request, response) => {
    const chunks: Buffer[] = []
    for await (const chunk of request) chunks.push(chunk as Buffer)
    pages
      .serve(request, response, Buffer.concat(chunks))
      .catch(() => send(response, new Response('away', { status: 503 })))
  })
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  origin = `http://127.0.0.1:${(server.address() as AddressInfo).port}`
})
test.afterEach(async () => {
  server.closeAllConnections()
  server.close()
  await pages.close()
})

test('a page is asked for as the client did, without what is about the connection', async () => {
  const headers = { 'X-Own': 'own', TE: 'trailers', Cookie: 'c=1' }
  const sent = { method: 'POST', headers, body: 'words' }
  const response = await fetch(`${origin}/path?query=1`, sent)
  const asked = await response.json()
  expect(asked).toMatchObject({ method: 'POST', url: '/path?query=1', body: 'words' })
  expect(asked.headers).toMatchObject({ 'x-own': 'own', cookie: 'c=1', 'content-length': '5' })
  expect(asked.headers).not.toHaveProperty('te')
  expect(response.headers.getSetCookie()).toEqual(['a=1', 'b=2'])

  const head = await fetch(origin, { method: 'HEAD' })
  expect([head.status, await head.text()]).toEqual([200, ''])
})

test('a thread that ended is started again, and not at once', async () => {
  const starts = (): number => readFileSync(startsFile, 'utf8').length
  const before = starts()
  for (let n = 0; n < 50; n++) expect((await fetch(`${origin}/end`)).status).toBe(503)
  expect(starts() - before).toBe(1)
  await expect
    .poll(async () => {
      now += 10_000
      return (await fetch(origin)).status
    })
    .toBe(200)
  expect(starts() - before).toBe(2)
})

test('an answer that breaks off breaks off for the client; for a client that is gone nobody works on', async () => {
  const half = await fetch(`${origin}/half`)
  await expect(half.text()).rejects.toThrow()
  const gone = new AbortController()
  const waiting = async (): Promise<number> => (await (await fetch(origin)).json()).waiting
  const asked = fetch(`${origin}/never`, { signal: gone.signal }).catch(() => 'gone')
  await expect.poll(waiting).toBe(1)
  gone.abort()
  expect(await asked).toBe('gone')
  await expect.poll(waiting).toBe(0)
})

test('a thread that does not start is an answer that is missing, and is tried again', async () => {
  const broken = new Pages(join(folder, 'no-such-file.mjs'), PEER, () => now)
  const other = createServer((request, response) => {
    broken
      .serve(request, response, Buffer.alloc(0))
      .catch(() => send(response, new Response('away', { status: 503 })))
  })
  other.listen(0, '127.0.0.1')
  await once(other, 'listening')
  const { port } = other.address() as AddressInfo
  expect((await fetch(`http://127.0.0.1:${port}/`)).status).toBe(503)
  other.closeAllConnections()
  other.close()
  await broken.close()
})
