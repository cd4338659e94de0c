import { Client, StreamableHTTPClientTransport } from '@modelcontextprotocol/client'
import { expect, test } from '@playwright/test'
import { type InProcess, ORIGIN } from '../../test/support/in-process.ts'
import { startApi } from '../../test/support/start-api.ts'

const WRITES = 12
let api: InProcess
let token: string
const sessions = new Map<string, string>()

test.beforeAll(async () => {
  api = await startApi({
    host: 'in-process',
    limits: { write: WRITES },
    env: { CORS_ORIGINS: 'https://agent.example' },
  })
  token = await enter('editor@home.org', 5)
  for (const [id, year] of [
    ['A', '1950'],
    ['B', '1999'],
  ] as const) {
    await api.command('HSET', `movie:${id}`, 'year', year, 'director', 'D')
  }
})
test.afterAll(() => api.stop())

async function enter(user: string, level: number): Promise<string> {
  await api.account(user, level)
  const answer = await api.send('signIn', { body: { user, password: 'password' } })
  const { JWT } = await answer.json()
  sessions.set(user, JWT)
  return JWT
}

const bearer = (jwt = token): Record<string, string> => ({ Authorization: `Bearer ${jwt}` })

const MODERN = '2026-07-28'
const META = {
  'io.modelcontextprotocol/protocolVersion': MODERN,
  'io.modelcontextprotocol/clientCapabilities': {},
}

async function post(body: unknown, headers: Record<string, string> = bearer()) {
  const answer = await api.ask('/api/mcp', {
    method: 'POST',
    headers: { 'Content-Type': 'application/json', ...headers },
    body: typeof body === 'string' ? body : JSON.stringify(body),
  })
  const text = await answer.text()
  return {
    status: answer.status,
    headers: answer.headers,
    body: text === '' ? undefined : JSON.parse(text),
  }
}

/** A request of the era without a handshake; `undefined` takes a header field away. */
function modern(
  method: string,
  params: object = {},
  headers: Record<string, string | undefined> = {},
) {
  const { name } = params as { name?: string }
  const all: Record<string, string | undefined> = {
    ...bearer(),
    'MCP-Protocol-Version': MODERN,
    'Mcp-Method': method,
    'Mcp-Name': name,
    ...headers,
  }
  const sent = Object.entries(all).filter((each): each is [string, string] => each[1] !== undefined)
  const body = { jsonrpc: '2.0', id: 1, method, params: { ...params, _meta: META } }
  return post(body, Object.fromEntries(sent))
}

const call = (name: string, given: object = {}, headers?: Record<string, string>) =>
  post({ jsonrpc: '2.0', id: 7, method: 'tools/call', params: { name, arguments: given } }, headers)

for (const [era, mode, version] of [
  ['with a handshake', 'legacy', '2025-11-25'],
  ['without one', { pin: MODERN }, MODERN],
] as const) {
  test(`the official client of the era ${era} lists and calls every tool`, async () => {
    const client = new Client({ name: 'test', version: '1.0.0' }, { versionNegotiation: { mode } })
    const transport = new StreamableHTTPClientTransport(new URL(`${ORIGIN}/api/mcp`), {
      requestInit: { headers: bearer() },
      fetch: (url, init) => api.answer(new Request(url, init)),
    })
    await client.connect(transport)
    expect(client.getNegotiatedProtocolVersion()).toBe(version)
    const { tools } = await client.listTools()
    const id = `of ${version}`
    const calls: Record<string, object> = {
      movies_create: { id, year: 2001 },
      movies_get: { id },
      movies_list: { filter: { year: { gte: 2000 } }, limit: 5, fields: ['year'] },
      movies_update: { id, director: 'D', year: null },
      movies_delete: { id },
      books_create: { id, title: 'T', author: 'A' },
      books_get: { id },
      books_list: {},
      books_update: { id, year: 1 },
      books_delete: { id },
      reviews_create: { id, movie: 'A', rating: 5, text: 'x' },
      reviews_get: { id, include: ['movie'] },
      reviews_list: { filter: { movie: { eq: 'A' } }, include: ['movie'] },
      reviews_update: { id, rating: 4 },
      reviews_delete: { id },
    }
    expect(tools.map(({ name }) => name).sort()).toEqual(Object.keys(calls).sort())
    for (const [name, given] of Object.entries(calls)) {
      // Writes of a minute are few here, and two clients make them.
      await api.command('DEL', ...((await api.command('KEYS', 'limit:*')) as string[]), 'none')
      const { content, structuredContent, isError } = await client.callTool({
        name,
        arguments: { ...given },
      })
      expect([isError ?? false, content], name).toEqual([
        false,
        [{ type: 'text', text: JSON.stringify(structuredContent) }],
      ])
      if (name === 'movies_list')
        expect(structuredContent).toEqual({ data: [{ id, year: 2001 }], nextCursor: null })
      if (name === 'reviews_list' || name === 'reviews_get') {
        expect(structuredContent).toMatchObject({ included: { movies: { A: { id: 'A' } } } })
      }
      if (name === 'movies_update') expect(structuredContent).toEqual({ id, director: 'D' })
    }
    await client.close()
  })
}

test('hints, and what a list of tools says of itself', async () => {
  const { body } = await modern('tools/list')
  expect(body.result).toMatchObject({
    resultType: 'complete',
    cacheScope: 'private',
    ttlMs: 60_000,
  })
  const hints = Object.fromEntries(
    body.result.tools.map(({ name, annotations }: { name: string; annotations: object }) => [
      name,
      annotations,
    ]),
  )
  expect(hints['movies_list']).toMatchObject({ readOnlyHint: true })
  expect(hints['movies_create']).toMatchObject({
    readOnlyHint: false,
    destructiveHint: false,
    idempotentHint: false,
  })
  expect(hints['movies_update']).toMatchObject({ destructiveHint: false, idempotentHint: true })
  expect(hints['movies_delete']).toMatchObject({ destructiveHint: true, idempotentHint: true })
})

test('tools are as far as the caller may, and others are unknown', async () => {
  const namesFor = async (headers: Record<string, string>) => {
    const { body } = await post({ jsonrpc: '2.0', id: 1, method: 'tools/list' }, headers)
    return body.result.tools.map(({ name }: { name: string }) => name)
  }
  expect(await namesFor({})).toEqual(['books_get', 'reviews_list', 'reviews_get'])
  const user = await enter('user@home.org', 0)
  expect(await namesFor(bearer(user))).toEqual([
    ...['books_list', 'books_get', 'movies_list', 'movies_get'],
    ...['reviews_list', 'reviews_get', 'reviews_create', 'reviews_update', 'reviews_delete'],
  ])
  const unknown = await call('nothing_list')
  expect(unknown.body.error).toEqual({ code: -32602, message: 'There is no such tool.' })
  expect((await call('movies_create', { id: 'X' }, bearer(user))).body).toEqual(unknown.body)
  expect((await call('movies_list', {}, {})).body).toEqual(unknown.body)
})

test('an API key has the tools of its scopes, and of what is public', async () => {
  const made = await api.send(
    'createKey',
    { body: { name: 'agent', scopes: ['movies:list'] } },
    bearer(),
  )
  const { key } = await made.json()
  const { body } = await post({ jsonrpc: '2.0', id: 1, method: 'tools/list' }, { 'X-API-Key': key })
  expect(body.result.tools.map(({ name }: { name: string }) => name)).toEqual([
    ...['books_get', 'movies_list', 'reviews_list', 'reviews_get'],
  ])
  expect(
    (await call('movies_list', { limit: 1 }, { 'X-API-Key': key })).body.result.isError,
  ).toBeUndefined()
  expect((await call('movies_get', { id: 'A' }, { 'X-API-Key': key })).body.error.code).toBe(-32602)
})

test('a failure is a result with the problem', async () => {
  for (const [name, given, status] of [
    ['movies_get', { id: 'nope' }, 404],
    ['movies_get', {}, 422],
    ['movies_list', { limit: 1_000 }, 422],
    ['movies_list', { filter: { nope: { eq: 1 } } }, 422],
    ['movies_update', { id: 'A', year: 'x' }, 422],
    ['movies_create', { id: 'A', year: 1 }, 409],
  ] as const) {
    const { status: http, body } = await call(name, given)
    expect(body.result, JSON.stringify([name, body, api.logged.at(-1)])).toBeDefined()
    expect([http, body.result.isError, body.result.structuredContent.status], name).toEqual([
      200,
      true,
      status,
    ])
    expect(JSON.parse(body.result.content[0].text)).toEqual(body.result.structuredContent)
    expect(body.result.structuredContent.requestId).toMatch(/^[\w-]{36}$/)
  }
})

test('a change counts as a write, and one too many is told', async () => {
  const writer = await enter('writer@home.org', 5)
  let last: Awaited<ReturnType<typeof call>> | undefined
  for (let count = 0; count <= WRITES; count++)
    last = await call('movies_update', { id: 'A', year: 1950 }, bearer(writer))
  expect(last?.body.result).toMatchObject({ isError: true, structuredContent: { status: 429 } })
})

test('what header fields say must be what the body says', async () => {
  const known = { name: 'movies_get', arguments: { id: 'A' } }
  for (const [what, headers] of [
    ['no version', { 'MCP-Protocol-Version': undefined }],
    ['another version', { 'MCP-Protocol-Version': '2025-11-25' }],
    ['no method', { 'Mcp-Method': undefined }],
    ['another method', { 'Mcp-Method': 'tools/list' }],
    ['no name', { 'Mcp-Name': undefined }],
    ['another name', { 'Mcp-Name': 'books_get' }],
    ['an encoded name that is another', { 'Mcp-Name': '=?base64?Ym9va3NfZ2V0?=' }],
    ['an encoded name that is none', { 'Mcp-Name': '=?base64?%?=' }],
  ] as const) {
    const { status, body } = await modern('tools/call', known, headers)
    expect([status, body.error?.code, body.id], what).toEqual([400, -32020, 1])
  }
  const encoded = await modern('tools/call', known, { 'Mcp-Name': '=?base64?bW92aWVzX2dldA==?=' })
  expect(encoded.body.result.structuredContent.id).toBe('A')
})

test('unknown revisions, methods and shapes', async () => {
  const meta = { ...META, 'io.modelcontextprotocol/protocolVersion': '2027-01-01' }
  const ping = { jsonrpc: '2.0', id: 1, method: 'ping' }
  const cases: [
    what: string,
    answer: Awaited<ReturnType<typeof post>>,
    status: number,
    code: number,
  ][] = [
    [
      'a revision to come',
      await post(
        { ...ping, params: { _meta: meta } },
        { ...bearer(), 'MCP-Protocol-Version': '2027-01-01' },
      ),
      400,
      -32022,
    ],
    [
      'one in the header alone',
      await post(ping, { ...bearer(), 'MCP-Protocol-Version': '1999-01-01' }),
      400,
      -32022,
    ],
    ['an unknown method', await modern('nothing/list'), 404, -32601],
    ['a method of the handshake', await modern('initialize'), 404, -32601],
    [
      'an unknown method of the handshake era',
      await post({ ...ping, method: 'resources/list' }),
      200,
      -32601,
    ],
    ['a batch', await post([ping, ping]), 400, -32600],
    ['no JSON', await post('{'), 400, -32700],
    ['no JSON-RPC', await post({ id: 1, method: 'ping' }), 400, -32600],
    ['no id that is one', await post({ ...ping, id: null }), 400, -32600],
    ['params that are none', await post({ ...ping, params: [] }), 400, -32602],
  ]
  for (const [what, { status, body }, wanted, code] of cases) {
    expect([status, body.error.code, body.jsonrpc], what).toEqual([wanted, code, '2.0'])
  }
  expect(cases[0]?.[1].body.error.data.supported).toContain(MODERN)
  expect((await post({ jsonrpc: '2.0', method: 'notifications/initialized' })).status).toBe(202)
  for (const method of ['GET', 'DELETE']) {
    const { status, headers } = await api.ask('/api/mcp', { method, headers: bearer() })
    expect([status, headers.get('allow')]).toEqual([405, 'POST, OPTIONS'])
  }
})

test('each era of the handshake is answered in its own revision', async () => {
  for (const [asked, answered] of [
    ['2025-03-26', '2025-03-26'],
    ['2025-06-18', '2025-06-18'],
    ['2025-11-25', '2025-11-25'],
    ['1999-01-01', '2025-11-25'],
  ]) {
    const params = {
      protocolVersion: asked,
      capabilities: {},
      clientInfo: { name: 'x', version: '1' },
    }
    const { body } = await post({ jsonrpc: '2.0', id: 1, method: 'initialize', params })
    expect(body.result.protocolVersion).toBe(answered)
  }
})

test('a page of a foreign origin is kept out, one of the list is not', async () => {
  const ping = { jsonrpc: '2.0', id: 1, method: 'ping' }
  for (const [origin, status] of [
    ['https://evil.example', 403],
    ['null', 403],
    [ORIGIN, 200],
    ['https://agent.example', 200],
  ] as const) {
    const answer = await post(ping, { ...bearer(), Origin: origin })
    expect(answer.status, origin).toBe(status)
    if (status === 403) expect(answer.body.type).toBe('/problems/csrf-failed')
  }
})

test('before the protocol begins failures are problems', async () => {
  const call = (q: string) =>
    `{"jsonrpc":"2.0","id":1,"method":"tools/call","params":{"name":"movies_list","arguments":{"q":${q}}}}`
  const headers = { 'Content-Type': 'application/json', Accept: 'application/json' }
  const deep = { method: 'POST', headers, body: call(`${'['.repeat(30_000)}${']'.repeat(30_000)}`) }
  expect((await api.ask('/api/mcp', deep)).status).toBe(400)
  const ping = { jsonrpc: '2.0', id: 1, method: 'ping' }
  const garbage = await post(ping, bearer('garbage'))
  expect([garbage.status, garbage.body.type]).toEqual([401, '/problems/invalid-token'])
  for (const [method, name] of [
    ['tools/list', ''],
    ['initialize', ''],
    ['tools/call', 'movies_list'],
    ['tools/call', 'reviews_list'],
  ] as const) {
    const ended = await enter('ended@home.org', 0)
    const { sid } = JSON.parse(Buffer.from(ended.split('.')[1] ?? '', 'base64url').toString())
    // Nobody has told this isolate.
    await api.command('DEL', `session:${sid}`)
    const params = { name, protocolVersion: '2025-11-25' }
    const dead = await post({ ...ping, method, params }, bearer(ended))
    expect([dead.status, dead.body.type], method + name).toEqual([401, '/problems/invalid-token'])
  }
  expect((await post(ping, { ...bearer(), 'Content-Type': 'text/plain' })).status).toBe(415)
  expect((await post('x'.repeat(70_000))).status).toBe(413)
})
