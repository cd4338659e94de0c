import { Client, StreamableHTTPClientTransport } from '@modelcontextprotocol/client'
import { UsherClient } from '../lib/client.ts'
import { expect, test } from '../test/support/fixtures.ts'

for (const [era, mode] of [
  ['with a handshake', 'legacy'],
  ['without one', { pin: '2026-07-28' }],
] as const) {
  test(`the official client of the era ${era} finds and calls the tools of this host`, async ({
    api,
  }) => {
    const { JWT } = await api.signIn()
    const client = new Client({ name: 'test', version: '1.0.0' }, { versionNegotiation: { mode } })
    const transport = new StreamableHTTPClientTransport(new URL('/api/mcp', api.origin), {
      requestInit: { headers: { Authorization: `Bearer ${JWT}` } },
    })
    await client.connect(transport)
    const { tools } = await client.listTools()
    expect(tools.map(({ name }) => name)).toContain('movies_list')
    for (const [name, given] of [
      ['movies_list', { limit: 2, filter: { year: { gte: 1990 } } }],
      ['movies_get', { id: 'Pulp Fiction' }],
      ['books_get', { id: 'emma' }],
    ] as const) {
      const { isError, structuredContent } = await client.callTool({ name, arguments: given })
      expect(isError ?? false, JSON.stringify(structuredContent)).toBe(false)
    }
    const missing = await client.callTool({ name: 'movies_get', arguments: { id: 'nope' } })
    expect(missing).toMatchObject({ isError: true, structuredContent: { status: 404 } })
    await client.close()
  })
}

test('GraphQL answers on this host: by the client, by an address, and its schema', async ({
  api,
}) => {
  const { JWT } = await api.signIn()
  const client = new UsherClient({
    url: api.origin,
    fetch: (input, init) => {
      const headers = new Headers(init?.headers)
      headers.set('Authorization', `Bearer ${JWT}`)
      headers.delete('X-API-Key')
      return fetch(input, { ...init, headers })
    },
    credential: { apiKey: 'none' },
  })
  const document =
    'query($id: ID!) { movie(id: $id) { director reviews(limit: 1) { data { movie { id } } } } }'
  const { data, errors, extensions } = await client.graphql(document, { id: 'Pulp Fiction' })
  expect(errors).toBeUndefined()
  expect(data).toMatchObject({ movie: { director: 'Quentin Tarantino' } })
  expect(extensions).toEqual({ cost: 3 })
  const query = encodeURIComponent('{ book(id: "emma") { author } }')
  const read = await api.send(`/api/graphql?query=${query}`)
  expect(read.body).toEqual({ data: { book: { author: 'Jane Austen' } }, extensions: { cost: 1 } })
  const dear =
    '{ movies(limit: 100) { data { reviews { data { id } } a: reviews { data { id } } } } a: movies(limit: 100) { data { reviews(limit: 100) { data { movie { id } } } } } }'
  expect(await api.post('/api/graphql', { query: dear }, JWT)).toMatchObject({ status: 422 })
  expect((await api.get('/api/graphql/schema')).text).toContain('type Movie {')
})

test('what three faces were charged is what the quota says', async ({ api, store }) => {
  const user = 'three-faces@home.org'
  const password = String(await store.call('HGET', 'user:me@home.org', 'password'))
  await store.call('HSET', `user:${user}`, 'password', password, 'level', '0')
  const { JWT } = await api.signIn({ user, password: 'password' })
  const sub = JSON.parse(Buffer.from(JWT.split('.')[1] ?? '', 'base64url').toString()).sub
  const tool = { name: 'movies_list', arguments: { limit: 1 } }
  const message = { jsonrpc: '2.0', id: 1, method: 'tools/call', params: tool }
  await api.get('/api/movies/Pulp%20Fiction', JWT)
  await api.post('/api/mcp', message, JWT)
  await api.post('/api/mcp', { ...message, method: 'tools/list' }, JWT)
  await api.post('/api/graphql', { query: '{ movies { data { id } } }' }, JWT)
  // 102: three requests.
  const dear =
    '{ movies(limit: 100) { data { reviews(limit: 1) { data { id } } } } a: movies { data { id } } }'
  const { body } = await api.post('/api/graphql', { query: dear }, JWT)
  expect(body.extensions).toEqual({ cost: 102 })
  await api.post('/api/graphql', { query: '{ nope }' }, JWT)
  const counted = async (): Promise<number> => {
    const windows = (await store.call('KEYS', `limit:user:${sub}:*`)) as string[]
    const counts = await Promise.all(windows.map((key) => store.call('GET', key)))
    return counts.map(Number).reduce((sum, count) => sum + count, 0)
  }
  // Isolates tell the store behind the answers.
  await expect.poll(counted).toBe(1 + 2 + 1 + 3 + 1)
})
