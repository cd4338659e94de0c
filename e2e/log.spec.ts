import { account, sessionOf } from '../test/support/accounts.ts'
import { expect, test } from '../test/support/fixtures.ts'
import { lineOf } from '../test/support/log.ts'

const JSON_TYPE = { 'Content-Type': 'application/json' }

test('a line names the collection and the session: signing in, reading, refreshing, logging out', async ({
  api,
  server,
  store,
}) => {
  const own = await account(store, 'logged@home.org')
  const signedIn = await api.post('/api/auth/signin', own)
  const { JWT, refresh } = signedIn.body
  const session = sessionOf(JWT)
  const calls = {
    'POST /api/auth/signin': signedIn,
    'GET /api/movies': await api.get('/api/movies', JWT),
    'GET /api/books/{id}': await api.get('/api/books/emma', JWT),
    'GET /api/profile': await api.get('/api/profile', JWT),
    'POST /api/auth/refresh': await api.post('/api/auth/refresh', { refresh }),
    'POST /api/auth/logout': await api.post('/api/auth/logout', {}, JWT),
  }
  for (const [operation, answer] of Object.entries(calls)) {
    expect(await lineOf(server, answer), operation).toMatchObject({ operation, session })
  }
})

test('a refusal has a caller too, by whoever refuses', async ({ api, server, store }) => {
  const { JWT } = await api.signIn(await account(store, 'refused@home.org'))
  const session = sessionOf(JWT)
  const headers = { Authorization: `Bearer ${JWT}` }
  const send = (path: string, body: string, type: string) =>
    api.send(path, { method: 'POST', headers: { ...headers, 'Content-Type': type }, body })
  const refusals = {
    'a read': [await api.get('/api/events', JWT), 403],
    'a change': [await send('/api/movies', '{"id":"x"}', 'application/json'), 403],
    'the gate': [await send('/api/reviews', 'x', 'text/plain'), 415],
    'after the session': [await ended(), 401],
  } as const
  for (const [name, [answer, status]] of Object.entries(refusals)) {
    expect(await lineOf(server, answer), name).toMatchObject({ status, session })
  }

  async function ended() {
    await api.post('/api/auth/logout', {}, JWT)
    return api.get('/api/movies', JWT)
  }
})

test('an API key is named by its id, its owner by an opaque id alone', async ({
  api,
  server,
  store,
}) => {
  const owners = [
    await account(store, 'key-owner@home.org'),
    // An id as accounts have them, typed by hand.
    await account(store, 'u_0123456789abcdefghij'),
  ]
  for (const own of owners) {
    const { JWT } = await api.signIn(own)
    const { sub } = JSON.parse(Buffer.from(JWT.split('.')[1] ?? '', 'base64url').toString())
    const made = await api.post('/api/keys', { name: 'logged', scopes: ['movies:read'] }, JWT)
    const { id, key } = made.body
    const user = /^u_/.test(sub) ? sub : undefined
    const read = await api.send('/api/movies/Pulp%20Fiction', { headers: { 'X-API-Key': key } })
    const listed = await api.send('/api/movies', { headers: { 'X-API-Key': key } })
    const refused = await api.send('/api/reviews', {
      method: 'POST',
      headers: { ...JSON_TYPE, 'X-API-Key': key },
      body: '{}',
    })
    expect([read.status, listed.status, refused.status]).toEqual([200, 200, 403])
    for (const answer of [read, listed, refused]) {
      const line = await lineOf(server, answer)
      expect([line['key'], line['user'], line['session']]).toEqual([id, user, undefined])
    }
    expect((await lineOf(server, made))['user']).toBe(user)
  }
  expect(server.output()).not.toContain('key-owner@home.org')
})
