import { readFileSync } from 'node:fs'
import { expect, test } from '@playwright/test'
import { URI } from 'otpauth'
import { type AppRig, ORIGIN, PASSWORD, startApp } from '../../test/support/app.ts'
import { Authenticator } from '../../test/support/authenticator.ts'
import { type Schema, Schemas } from '../../test/support/json-schema.ts'

/** An operation of the served document. */
interface Documented {
  operationId: string
  parameters?: { name: string; in: string; required?: boolean; schema: Schema }[]
  requestBody?: { content: Record<string, { schema: Schema }> }
  responses: Record<string, Schema>
}

/** One request: what fills the path, the query, the headers and the body. */
interface Sample {
  path?: Record<string, unknown>
  query?: Record<string, unknown>
  header?: Record<string, unknown>
  body?: unknown
  type?: string
}

interface Place extends Documented {
  method: string
  path: string
}

/** What a server says of a request that has not the shape it wants. */
const SHAPE = [400, 413, 414, 415, 422, 431]
/** What it says of a value that has the right shape, and cannot be used all the same; and of all of them together. */
const MEANING =
  /is one of the most common passwords|is made of|is no account|is not in the future|is not a passkey of|is not one of free, pro|is after|is too early|is larger than|has fewer than 1 characters|problems\/(header|payload)-too-large/

test.describe('the served document and the server', () => {
  let rig: AppRig
  let schemas: Schemas
  let places: Place[]
  let document: { servers: { url: string }[]; components: { schemas: Record<string, Schema> } }
  let accounts = 0
  const succeeded = new Set<string>()

  test.beforeAll(async () => {
    rig = await startApp()
    const served = await (await rig.ask('/api/openapi.json')).json()
    document = served
    schemas = new Schemas(served)
    places = Object.entries<Record<string, Documented>>(served.paths).flatMap(([path, methods]) =>
      // GraphQL and the tools have protocols of their own, and the official audits of these.
      /^\/api\/(graphql|mcp)$/.test(path)
        ? []
        : Object.entries(methods).map(([method, operation]) => ({ ...operation, method, path })),
    )
  })
  test.afterAll(() => rig.close())

  /** A new admin. */
  const enter = () => rig.enter(`admin-${accounts++}@home.org`, 9)

  async function send(place: Place, sample: Sample, token: string): Promise<Response> {
    const path = place.path.replace(/\{(\w+)\}/g, (_, name) =>
      encodeURIComponent(String(sample.path?.[name])),
    )
    const query = new URLSearchParams(
      Object.entries(sample.query ?? {}).flatMap(([name, value]) =>
        [value].flat().map((each) => [name, String(each)]),
      ),
    )
    const headers = new Headers({ Authorization: `Bearer ${token}` })
    for (const [name, value] of Object.entries(sample.header ?? {}))
      headers.set(name, String(value))
    if (sample.body === undefined) {
      return rig.ask(`${path}?${query}`, { method: place.method.toUpperCase(), headers })
    }
    headers.set('Content-Type', sample.type ?? 'application/json')
    const init = { method: place.method.toUpperCase(), headers, body: JSON.stringify(sample.body) }
    return rig.ask(path, init)
  }

  /**
   * Holds an answer to what the document states of it. By hand, because an `expect` costs as much as
   * ten requests.
   */
  async function hold(place: Place, response: Response, about: string): Promise<void> {
    const text = await response.text()
    const { status } = response
    const must = (holds: boolean, what: string): void => {
      if (holds) return
      throw new Error(
        `${what}: ${place.method} ${place.path} ${about}: ${status} ${text.slice(0, 500)}`,
      )
    }
    must(status in place.responses, 'a status that the document states')
    if (status < 300) succeeded.add(place.operationId)
    const { content } = schemas.resolve(place.responses[status])
    const [stated] = Object.entries<{ schema: Schema }>(Object(content))
    if (stated === undefined) return must(text === '', 'no body')
    const [type, { schema }] = stated
    must(response.headers.get('content-type') === type, `the type ${type}`)
    const faults = schemas.faults(schema, /json/.test(type) ? JSON.parse(text) : text)
    must(faults.length === 0, faults.join(', '))
  }

  /** The id of something that is there, for a path that wants one. */
  async function existing({ path }: Place, token: string): Promise<string> {
    const headers = { Authorization: `Bearer ${token}`, 'Content-Type': 'application/json' }
    const post = async (to: string, body: unknown) =>
      (await rig.ask(to, { method: 'POST', headers, body: JSON.stringify(body) })).json()
    if (path.startsWith('/api/keys/')) {
      return (await post('/api/keys', { name: 'A key', scopes: ['movies:read'] })).id
    }
    if (path.startsWith('/api/blocks/')) {
      return (await post('/api/blocks', { address: '192.0.2.0/24', reason: 'A reason' })).id
    }
    if (path.startsWith('/api/users/')) return `admin-${accounts - 1}@home.org`
    if (path.startsWith('/api/auth/sessions/')) {
      const { data } = await (await rig.ask('/api/auth/sessions', { headers })).json()
      return data[0].id
    }
    const collection = path.replace(/^\/(api|v1)\/([^/]+)\/.*$/, '$2')
    const create = places.find(
      (each) => each.path === `/api/${collection}` && each.method === 'post',
    )
    const [item] = schemas.samples(create?.requestBody?.content['application/json']?.schema)
    return (await post(`/api/${collection}`, { ...Object(item), id: undefined })).id
  }

  /** Every value of every parameter, each by itself and the first of all together; every body. */
  function samplesOf({ parameters = [], requestBody }: Place): Sample[] {
    // A cursor is nobody's to make up.
    const own = parameters.filter(({ name }) => name !== 'cursor' && name !== 'id')
    const tried = new Set<string>()
    const values = own.map((each) => {
      const schema = JSON.stringify(each.schema)
      const samples = schemas.samples(each.schema)
      // The comparisons of a field all take the same.
      const some = tried.has(schema) ? samples.slice(0, 2) : samples
      tried.add(schema)
      return { ...each, values: some }
    })
    const only = (place: string) =>
      Object.fromEntries(
        values.filter((each) => each.in === place).map((each) => [each.name, each.values[0]]),
      )
    const ids = parameters.filter(({ name }) => name === 'id')
    const bodies = Object.entries(requestBody?.content ?? {}).flatMap(([type, { schema }]) =>
      schemas.samples(schema).map((body) => ({ body, type })),
    )
    const [body = {}] = bodies
    return [
      body,
      { ...body, query: only('query'), header: only('header') },
      ...values.flatMap((each) =>
        each.values.map((value) => ({ ...body, [each.in]: { [each.name]: value } })),
      ),
      ...ids.flatMap(({ schema }) =>
        schemas.samples(schema).map((id) => ({ ...body, path: { id } })),
      ),
      ...bodies,
    ]
  }

  test('no value that the document allows is refused for its shape, and every answer is as it says', async () => {
    test.setTimeout(600_000)
    let requests = 0
    let token = await enter()
    let isUsed = false
    for (const place of places) {
      for (const sample of samplesOf(place)) {
        if (isUsed) token = await enter()
        const path = sample.path ?? {
          id: place.path.includes('{id}') && (await existing(place, token)),
        }
        const answer = await send(place, { ...sample, path }, token)
        // Some end the session, and an account has a few API keys alone.
        isUsed =
          /^\/(api|v1)\/(auth|keys|profile|users)/.test(place.path) &&
          place.method !== 'get' &&
          answer.ok
        const about = JSON.stringify(sample).slice(0, 300)
        if (SHAPE.includes(answer.status)) {
          const text = await answer.text()
          if (MEANING.test(text)) continue
          throw new Error(`refused for its shape: ${place.method} ${place.path} ${about}: ${text}`)
        }
        await hold(place, answer, about)
        requests++
      }
    }
    expect(requests).toBeGreaterThan(500)
    await signInAndGoOn()
    // Here an export waits for an index that is built behind it, and no provider sends a browser back.
    const elsewhere = /^(export|startOAuth|finishOAuth)/
    const unseen = places.filter(({ responses, operationId }) => {
      if (elsewhere.test(operationId)) return false
      const [success] = Object.entries(responses).filter(([status]) => status.startsWith('2'))
      return success?.[0] !== '204' && !succeeded.has(operationId)
    })
    expect(unseen.map(({ operationId }) => operationId)).toEqual([])
  })

  /** What no made-up value can do: sign in, and exchange what that gives. */
  async function signInAndGoOn(): Promise<void> {
    await enter()
    const user = `admin-${accounts - 1}@home.org`
    for (const place of places.filter(({ path }) => /\/auth\/(signin|login)$/.test(path))) {
      const body = { user, password: PASSWORD }
      await hold(place, await send(place, { body }, ''), 'the right password')
    }
    for (const place of places.filter(({ path }) => path.endsWith('/auth/refresh'))) {
      const signIn = places.find(({ path }) => path === '/api/auth/signin') ?? place
      const answer = await send(signIn, { body: { user, password: PASSWORD } }, '')
      const { refresh } = await answer.json()
      await hold(place, await send(place, { body: { refresh } }, ''), 'a refresh token')
    }
    await passkeyHolds()
    await totpHolds()
  }

  function placeOf(operationId: string): Place {
    const place = places.find((each) => each.operationId === operationId)
    if (place === undefined) throw new Error(`no operation ${operationId}`)
    return place
  }

  /** What an authenticator alone can make. */
  async function passkeyHolds(): Promise<void> {
    const token = await enter()
    const authenticator = new Authenticator(ORIGIN)
    const ask = async (id: string): Promise<never> =>
      (await send(placeOf(id), { body: {} }, token)).json() as never
    const { passkey, credential } = authenticator.create(await ask('newPasskeyOptions'))
    const add = placeOf('createPasskey')
    const body = { name: 'A passkey', credential }
    await hold(add, await send(add, { body }, token), 'a passkey')
    for (const id of ['signInByPasskey', 'logInByPasskey']) {
      const credential = authenticator.get(await ask('passkeyOptions'), passkey)
      await hold(placeOf(id), await send(placeOf(id), { body: { credential } }, ''), 'a passkey')
    }
  }

  /** What an authenticator app alone can. */
  async function totpHolds(): Promise<void> {
    const token = await enter()
    const [start, confirm] = [placeOf('startTotp'), placeOf('confirmTotp')]
    const answer = await send(start, { body: { current: PASSWORD } }, token)
    const { uri } = await answer.clone().json()
    await hold(start, answer, 'the password')
    const body = { code: URI.parse(uri).generate() }
    await hold(confirm, await send(confirm, { body }, token), 'the first code')
  }

  test('a cursor of a page is what the document says of cursors', async () => {
    await enter()
    const token = await enter()
    await rig.command('XADD', 'events', '*', 'type', 'signin.failed')
    await rig.command('XADD', 'events', '*', 'type', 'signin.succeeded')
    for (const place of places) {
      const cursor = place.parameters?.find(({ name }) => name === 'cursor')
      if (cursor === undefined) continue
      const list = places.find((each) => each.path === place.path && each.method === 'post')
      for (let index = 0; list !== undefined && index < 2; index++) {
        const [body] = schemas.samples(list.requestBody?.content['application/json']?.schema)
        await send(list, { body: { ...Object(body), id: `cursor ${index}` } }, token)
      }
      const page = await send(place, { query: { limit: 1 } }, token)
      const { nextCursor } = await page.json()
      expect(schemas.faults(cursor.schema, nextCursor), place.path).toEqual([])
      const next = await send(place, { query: { limit: 1, cursor: nextCursor } }, token)
      expect(next.status, place.path).toBe(200)
      await hold(place, next, 'the next page')
    }
  })

  test('a body without what an operation needs is refused by the document too', () => {
    const { schemas: named } = document.components
    const bodyOf = (path: string, method: string): Schema =>
      places.find((each) => each.path === path && each.method === method)?.requestBody?.content[
        'application/json'
      ]?.schema ?? {}
    for (const [schema, body] of [
      [named['NewMovie'], {}],
      [named['NewMovie'], { id: 'an id alone' }],
      [named['NewMovie'], { id: 'movie:a', year: 1 }],
      [named['MovieFields'], {}],
      [named['MoviePatch'], {}],
      [named['NewBook'], { title: 'No author' }],
      [bodyOf('/api/users/{id}', 'patch'), {}],
      [bodyOf('/api/keys', 'post'), { name: 'x', scopes: ['movies:fly'] }],
      [bodyOf('/api/keys', 'post'), { name: 'x', scopes: [] }],
      [bodyOf('/api/auth/signin', 'post'), { password: 'x' }],
      [bodyOf('/api/auth/refresh', 'post'), {}],
      [bodyOf('/api/auth/register', 'post'), { user: 'no address', password: 'long enough' }],
    ] as const) {
      expect(schemas.faults(schema, body), JSON.stringify(body)).not.toEqual([])
    }
  })

  test('the servers are the origin of this deployment; the file has none', () => {
    expect(document.servers.map(({ url }) => url)).toEqual([ORIGIN])
    expect(JSON.parse(readFileSync('lib/openapi/openapi.json', 'utf8'))).not.toHaveProperty(
      'servers',
    )
  })
})
