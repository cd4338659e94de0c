import { readFileSync } from 'node:fs'
import { join, resolve } from 'node:path'
import { expect, test } from '@playwright/test'
import fc from 'fast-check'
import { type InProcess, NO_DUMMY_PASSWORDS, type Sample } from '../test/support/in-process.ts'
import { SAMPLES, SIGN_IN } from '../test/support/samples.ts'
import { startApi } from '../test/support/start-api.ts'
import { contract, type Operation, type OperationId } from './contract/operations.ts'
import { PROBLEMS } from './contract/problems.ts'
import { OPERATIONS } from './operations.ts'
import { printable } from './printable.ts'

const VECTORS = resolve('test', 'vectors')
const NAUGHTY: string[] = JSON.parse(readFileSync(join(VECTORS, 'blns', 'blns.json'), 'utf8'))
/** Each place is tried with every sixth string, the next with the sixth behind it: `NAUGHTY=all` tries all in each. */
const SHARE = process.env['NAUGHTY'] === 'all' ? 1 : 6
let turn = 0
const SAMPLED = Object.entries(SAMPLES) as [OperationId, Sample][]

/** An object may have a `toString` that is none. */
function textOf(value: unknown): string {
  return typeof value === 'string' ? value : JSON.stringify(value)
}

function problemsOf(row: Operation): readonly string[] {
  return Object.values(OPERATIONS).find((each) => each.row === row)?.problems ?? []
}

function withId(id: string): Sample {
  return { params: { collection: 'books', id } }
}

/** What any operation can answer besides its row: the gate, the endpoint and the store. */
const COMMON = new Set([
  'invalid-request',
  'not-found',
  'method-not-allowed',
  'validation-error',
  'payload-too-large',
  'unsupported-media-type',
  'authentication-required',
  'invalid-token',
  'insufficient-scope',
  'blocked',
])

test.describe('hostile input', () => {
  let api: InProcess
  let ask: InProcess['ask']

  test.beforeAll(async () => {
    // Strings are tested here, not bcrypt's time.
    api = await startApi({
      host: 'in-process',
      transport: 'direct',
      deps: { passwords: NO_DUMMY_PASSWORDS },
    })
    ask = api.ask
    await api.account(SIGN_IN.user, 9)
    await api.command('HSET', 'book:a book', 'title', 'A title', 'author', 'An author')
    await api.command('HSET', 'movie:Alien', 'director', 'Ridley Scott', 'year', '1979')
  })
  test.afterAll(() => api.stop())

  async function signIn(): Promise<string> {
    return (await (await api.send('signIn', { body: SIGN_IN })).json()).JWT
  }

  function call(id: OperationId, sample: Sample, token?: string): Promise<Response> {
    return api.send(id, sample, token === undefined ? {} : { Authorization: `Bearer ${token}` })
  }

  /**
   * Holds an answer to the contract: its status, its problem, its headers. By hand, because an
   * `expect` costs as much as ten requests.
   */
  async function hold(response: Response, row: Operation, about: string): Promise<unknown> {
    const text = await response.text()
    const { status, headers } = response
    const must = (holds: boolean, what: string): void => {
      if (!holds) throw new Error(`${what}: ${about}: ${status} ${text.slice(0, 300)}`)
    }
    must(status < 500, 'no 5xx')
    must(/^[\w-]{36}$/.test(headers.get('x-request-id') ?? ''), 'X-Request-Id')
    must(/^redis;dur=/.test(headers.get('server-timing') ?? ''), 'Server-Timing')
    must(headers.get('vary')?.includes('Origin') === true, 'Vary')
    const type = headers.get('content-type') ?? ''
    // GraphQL and the Model Context Protocol say in their own way what failed.
    if (row.acts === true && type !== 'application/problem+json') {
      must(text === '' || /^application\/(graphql-response\+)?json/.test(type), 'JSON')
      return text === '' ? undefined : JSON.parse(text)
    }
    if (status < 400) {
      const made = row.action === 'replace' && status === 201
      must(status === row.status || made, `status ${row.status}`)
      return text === '' || row.mediaType !== undefined ? undefined : JSON.parse(text)
    }
    must(type === 'application/problem+json', 'a problem document')
    must(headers.get('cache-control') === 'no-store', 'no-store')
    const problem = JSON.parse(text)
    const slug = String(problem.type).replace('/problems/', '') as keyof typeof PROBLEMS
    must(PROBLEMS[slug]?.status === status && problem.status === status, 'the status of its row')
    must(COMMON.has(slug) || problemsOf(row).includes(slug), 'a problem of the row')
    return problem
  }

  for (const [id, sample] of SAMPLED) {
    const places = [
      ...Object.keys(sample.params ?? {})
        // The name of a collection is one place, whatever is then done there.
        .filter((name) => name !== 'collection' || contract[id].method === 'GET')
        .map((name) => ['params', name] as const),
      ...Object.keys(sample.query ?? {}).map((name) => ['query', name] as const),
      ...Object.keys(sample.body ?? {}).map((name) => ['body', name] as const),
    ]
    if (places.length === 0) continue
    test(`${id}: naughty strings in ${places.map(([, name]) => name).join(', ')}`, async () => {
      test.setTimeout(600_000)
      let token = await signIn()
      for (const [part, name] of places) {
        const own = turn++
        for (const naughty of NAUGHTY.filter((_, at) => (at + own) % SHARE === 0)) {
          // A path with an empty segment, or a dot for one, is another path (RFC 3986 §5.2.4).
          if (part === 'params' && /^\.{0,2}$/.test(naughty)) continue
          const changed = { ...sample, [part]: { ...sample[part], [name]: naughty } }
          const response = await call(id, changed, token)
          const answer = await hold(response, contract[id], `${part}.${name} ${naughty}`)
          if (id === 'changeProfile' && response.status === 200 && naughty !== '') {
            const { name = '' } = answer as { name?: string }
            if (name !== printable(naughty)) throw new Error(`${naughty} came back as ${name}`)
          }
          // What was taken comes back as it was sent, and is read back as it was sent.
          if (part === 'body' && /^(create|replace|patch)Item$/.test(id) && response.status < 300) {
            const kept = answer as Record<string, unknown>
            if (kept[name] !== naughty) throw new Error(`${naughty} came back as ${kept[name]}`)
            if (id === 'createItem') {
              const again = await ask(`/api/books/${encodeURIComponent(String(kept['id']))}`)
              const { [name]: read } = await again.json()
              if (read !== naughty) throw new Error(`${naughty} was read as ${read}`)
              await call('deleteItem', withId(String(kept['id'])), token)
            }
          }
          if (id === 'changePassword' && response.status === 204) token = await signIn()
        }
      }
    })
  }

  test('naughty strings in headers change nothing', async () => {
    for (const naughty of NAUGHTY) {
      for (const name of [
        'User-Agent',
        'Authorization',
        'Cookie',
        'X-API-Key',
        'Origin',
        'traceparent',
      ]) {
        const headers = new Headers()
        try {
          headers.set(name, naughty)
        } catch {
          // Not a header value: no server would hand it over.
          continue
        }
        await hold(
          await ask('/api/books/emma', { headers }),
          contract.getItem,
          `${name}: ${naughty}`,
        )
      }
    }
  })

  test('2,000 cases, valid and broken, of every operation: no 5xx, every answer as the contract says', async () => {
    test.setTimeout(600_000)
    // More keys than SCAN serves: a list needs indexes, and the first one builds them.
    const filler = Array.from({ length: 2_100 }, (_, index) => [`filler:${index}`, 'x']).flat()
    await api.command('MSET', ...filler)
    for (const collection of ['movies', 'books', 'reviews']) {
      const headers = { Authorization: `Bearer ${await signIn()}` }
      const list = async (): Promise<Response> => ask(`/api/${collection}`, { headers })
      await expect.poll(async () => (await list()).status).toBe(200)
    }
    const value = fc.oneof(
      fc.string({ unit: 'binary', maxLength: 80 }),
      fc.jsonValue({ maxDepth: 2 }),
      fc.constantFrom('', 'me@home.org', '__proto__', 'a'.repeat(300), -1, 1e308, null, true),
    )
    const cases = fc.record({
      operation: fc.constantFrom(...SAMPLED),
      place: fc.nat(),
      value,
      extra: fc.option(fc.string({ maxLength: 20 }), { nil: undefined }),
      drop: fc.boolean(),
      raw: fc.option(fc.constantFrom('', '{', '[]', 'null', '"x"', '\u0000', '{"a":1}{"b":2}'), {
        nil: undefined,
        freq: 8,
      }),
      method: fc.option(
        fc.constantFrom('GET', 'POST', 'PUT', 'PATCH', 'DELETE', 'HEAD', 'OPTIONS'),
        {
          nil: undefined,
          freq: 8,
        },
      ),
      type: fc.constantFrom(
        'application/json',
        'application/json; charset=utf-8',
        'text/plain',
        '',
      ),
      signedIn: fc.boolean(),
    })
    let token = await signIn()
    await fc.assert(
      fc.asyncProperty(cases, async (each) => {
        const [id, sample] = each.operation
        const row: Operation = contract[id]
        const body: Record<string, unknown> = { ...sample.body }
        const names = Object.keys(body)
        const name = names[each.place % Math.max(1, names.length)]
        if (name !== undefined && each.drop) delete body[name]
        else if (name !== undefined) body[name] = each.value
        if (each.extra !== undefined) body[each.extra] = each.value
        const path = row.path.replace(/\{(\w+)\}/g, (_, param) =>
          encodeURIComponent(
            param === 'id' ? textOf(each.value).toWellFormed() : (sample.params?.[param] ?? ''),
          ),
        )
        const method = each.method ?? row.method
        const headers = new Headers()
        if (each.type !== '') headers.set('Content-Type', each.type)
        if (each.signedIn) headers.set('Authorization', `Bearer ${token}`)
        const bodiless = method === 'GET' || method === 'HEAD' || method === 'OPTIONS'
        const init = bodiless ? {} : { body: each.raw ?? JSON.stringify(body) }
        const response = await ask(path, { method, headers, ...init })
        // What was done may have ended the session.
        if (each.signedIn && !bodiless && response.ok) token = await signIn()
        if (response.status === 204 && method === 'OPTIONS') return
        if (response.status === 308) return
        if (method === 'HEAD') {
          const text = await response.text()
          if (text !== '') throw new Error(`HEAD has a body: ${text}`)
          if (response.status >= 500) throw new Error(`HEAD: ${response.status}`)
          return
        }
        // Another method of the same path is another row; what it answers is held to the problems.
        const other = Object.values(contract as Record<string, Operation>).find(
          (candidate) => candidate.path === row.path && candidate.method === method,
        )
        await hold(response, other ?? row, `${method} ${path} ${JSON.stringify(init)}`)
      }),
      { numRuns: 2_000, includeErrorInReport: true },
    )
  })

  test('no log line of all that is broken in two, or holds a token', () => {
    expect(api.logged.length).toBeGreaterThan(1_000)
    const broken = api.logged.filter(
      (line) => /[\n\r]|eyJ/.test(line) || typeof JSON.parse(line).event !== 'string',
    )
    expect(broken).toEqual([])
  })
})
