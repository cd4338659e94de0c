import { createServer } from 'node:http'
import { expect, test } from '@playwright/test'
import { type InProcess, QUICK_HASH } from '../test/support/in-process.ts'
import { startApi } from '../test/support/start-api.ts'
import { startStore } from '../test/support/store.ts'

/** A call to the store, and the sync token that came with it. */
interface Seen {
  isRead: boolean
  token: string
}

/** A database whose answers to writes have tokens of their own, as those of a Global database. */
async function startDatabase() {
  const store = await startStore('redis')
  const seen: Seen[] = []
  let writes = 0
  const server = createServer(async (request, response) => {
    const chunks: Buffer[] = []
    for await (const chunk of request) chunks.push(Buffer.from(chunk))
    const body = Buffer.concat(chunks)
    const isRead = request.url === '/pipeline'
    // What counts asks for none.
    const asked = request.headers['upstash-sync-token']
    const token = String(asked ?? '')
    seen.push({ isRead, token })
    const answer = await fetch(`${store.url}${request.url}`, {
      method: 'POST',
      headers: { Authorization: `Bearer ${store.token}`, 'Content-Type': 'application/json' },
      body,
    })
    const headers = { 'Content-Type': 'application/json' }
    const next = isRead || asked === undefined ? token : `write ${++writes}`
    response.writeHead(answer.status, { ...headers, 'Upstash-Sync-Token': next })
    response.end(await answer.text())
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  const address = server.address()
  if (address === null || typeof address === 'string') throw new TypeError('no port')
  return {
    store: { url: `http://127.0.0.1:${address.port}`, token: store.token },
    command: store.command,
    seen,
    lastWrite: () => `write ${writes}`,
    close: async () => {
      server.closeAllConnections()
      await new Promise((resolve) => server.close(resolve))
      await store.stop()
    },
  }
}

let database: Awaited<ReturnType<typeof startDatabase>>
/** Two regions, two routes or two processes: they share a database, and no memory. */
let here: InProcess
let elsewhere: InProcess
let token: string

const ME = 'me@home.org'

test.beforeAll(async () => {
  database = await startDatabase()
  here = await startApi({ host: 'in-process', store: database.store })
  elsewhere = await startApi({ host: 'in-process', store: database.store })
  await database.command('HSET', `user:${ME}`, 'password', QUICK_HASH, 'level', '0')
  const body = JSON.stringify({ user: ME, password: 'password' })
  const headers = { 'Content-Type': 'application/json' }
  const answer = await here.ask('/api/auth/signin', { method: 'POST', headers, body })
  token = (await answer.json()).JWT
})
test.afterAll(async () => {
  await elsewhere.stop()
  await here.stop()
  await database.close()
})

async function rename(app: InProcess, sync?: string): Promise<string | null> {
  const answer = await app.ask('/api/profile', {
    method: 'PATCH',
    headers: { ...headersOf(sync), 'Content-Type': 'application/json' },
    body: JSON.stringify({ name: 'Me' }),
  })
  expect(answer.status).toBe(200)
  return answer.headers.get('usher-sync')
}

/** The sync token that reading one's own profile sends to the store. */
async function sentBy(app: InProcess, sync?: string): Promise<string | undefined> {
  await app.settled()
  database.seen.length = 0
  const answer = await app.ask('/api/profile', { headers: headersOf(sync) })
  expect(answer.status).toBe(200)
  expect(answer.headers.get('usher-sync')).toBeNull()
  return database.seen.find(({ isRead }) => isRead)?.token
}

function headersOf(sync: string | undefined): Record<string, string> {
  const credential = { Authorization: `Bearer ${token}` }
  return sync === undefined ? credential : { ...credential, 'Usher-Sync': sync }
}

test('the answer of a write carries what makes it seen in another isolate', async () => {
  const sync = await rename(here)
  const written = database.lastWrite()
  expect(sync).toMatch(/^[\w-]+\.[\w-]+$/)
  expect(await sentBy(elsewhere)).not.toBe(written)
  expect(await sentBy(elsewhere, sync ?? '')).toBe(written)
})

test('an isolate that has written since sends its own', async () => {
  const sync = await rename(here)
  await rename(here)
  expect(await sentBy(here, sync ?? '')).toBe(database.lastWrite())
})

test('a write elsewhere replaces what is carried', async () => {
  const first = await rename(here)
  const second = await rename(elsewhere, first ?? '')
  expect(second).not.toBe(first)
  expect(await sentBy(here, second ?? '')).toBe(database.lastWrite())
})

test('what was not signed here is as good as nothing', async () => {
  const sync = (await rename(here)) ?? ''
  const own = await sentBy(elsewhere)
  const [payload = '', mac = ''] = sync.split('.')
  const made = Buffer.from(payload, 'base64url').toString().replace('write', 'wrote')
  const forged = [
    `${Buffer.from(made).toString('base64url')}.${mac}`,
    `${payload}.${mac.slice(1)}`,
    `${payload}.`,
    payload,
    '.',
    'x'.repeat(5_000),
    '%00',
  ]
  for (const each of forged) expect(await sentBy(elsewhere, each), each).toBe(own)
})

test('a request that writes nothing keeps what its client has', async () => {
  const sync = await rename(here)
  const refused = await elsewhere.ask('/api/profile', {
    method: 'PATCH',
    headers: { ...headersOf(sync ?? ''), 'Content-Type': 'application/json' },
    body: '{"level":9}',
  })
  expect(refused.status).toBe(422)
  expect(refused.headers.get('usher-sync')).toBeNull()
})
