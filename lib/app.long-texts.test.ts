import { expect, test } from '@playwright/test'
import type { InProcess, Sample } from '../test/support/in-process.ts'
import { SAMPLES, SIGN_IN } from '../test/support/samples.ts'
import { startApi } from '../test/support/start-api.ts'
import { contract, type OperationId } from './contract/operations.ts'

/** Some 64 KiB of UTF-8 each, and within what a body takes. */
const PLAIN = 'a b c '.repeat(10_000)
const HOSTILE = {
  'combining marks': '\u0315'.repeat(15_000) + '\u0316'.repeat(15_000),
  'one letter': 'a'.repeat(60_000),
  emoji: '😀'.repeat(15_000),
  'Hangul jamo': '\u1100\u1161\u11a8'.repeat(6_600),
}
/** Headers that the server reads. */
const HEADERS = [
  'Authorization',
  'Cookie',
  'X-API-Key',
  'Idempotency-Key',
  'If-Match',
  'If-None-Match',
  'Origin',
  'Sec-Fetch-Site',
  'User-Agent',
  'traceparent',
  'Content-Type',
  'X-Forwarded-For',
]

test.describe('a long text costs no more than its length, wherever it is sent', () => {
  let api: InProcess
  let token: string
  test.beforeAll(async () => {
    api = await startApi({ host: 'in-process' })
    await api.account(SIGN_IN.user, 9)
    await api.command('HSET', 'book:a book', 'title', 'A title', 'author', 'An author')
  })
  // Some operations end sessions.
  test.beforeEach(async () => {
    const answer = await api.send('signIn', SAMPLES.signIn)
    token = (await answer.json()).JWT
  })
  test.afterAll(() => api.stop())

  /** CPU of this process for a request, in milliseconds; and the longest text that was normalised. */
  async function cost(send: () => Promise<Response>): Promise<{ ms: number; normalized: number }> {
    const { normalize } = String.prototype
    let normalized = 0
    String.prototype.normalize = function (form?: string) {
      normalized = Math.max(normalized, this.length)
      return normalize.call(this, form)
    }
    const before = process.cpuUsage()
    try {
      const answer = await send()
      await answer.arrayBuffer()
      expect(answer.status).toBeLessThan(500)
    } finally {
      String.prototype.normalize = normalize
    }
    const { user, system } = process.cpuUsage(before)
    return { ms: (user + system) / 1_000, normalized }
  }

  /** Ten times what plain text costs, and room for what else this process does. */
  async function compare(about: string, send: (text: string) => Promise<Response>): Promise<void> {
    await cost(() => send(PLAIN))
    const plain = await cost(() => send(PLAIN))
    for (const [name, text] of Object.entries(HOSTILE)) {
      const { ms, normalized } = await cost(() => send(text))
      expect(ms, `${about}: ${name}, plain text ${plain.ms} ms`).toBeLessThan(plain.ms * 10 + 250)
      expect(normalized, `${about}: ${name}`).toBeLessThan(10_000)
    }
  }

  for (const [id, sample] of Object.entries(SAMPLES) as [OperationId, Sample][]) {
    const places = (['params', 'query', 'body'] as const).flatMap((part) =>
      Object.keys(sample[part] ?? {}).map((name) => [part, name] as const),
    )
    if (places.length === 0) continue
    test(`${id}: ${places.map(([, name]) => name).join(', ')}`, async () => {
      for (const [part, name] of places) {
        await compare(`${part}.${name}`, (text) => {
          const changed = { ...sample, [part]: { ...sample[part], [name]: text } }
          return api.send(id, changed, { Authorization: `Bearer ${token}` })
        })
      }
    })
  }

  test('headers', async () => {
    for (const name of HEADERS) {
      await compare(name, (text) => {
        // What a header can carry: bytes, as they would come off the wire.
        const value = Buffer.from(text).toString('latin1').trim()
        const headers = { Authorization: `Bearer ${token}`, [name]: value }
        return api.send('createItem', SAMPLES.createItem, headers)
      })
    }
  })

  test('a stored field, in lists, searches, filters and orders', async () => {
    const headers = { Authorization: `Bearer ${token}` }
    const read = async (text: string): Promise<Response> => {
      await api.command('HSET', 'movie:long', 'director', text, 'year', '1')
      await api.send('getItem', { params: { collection: 'movies', id: 'long' } }, headers)
      for (const query of ['q=alien', 'sort=year', 'director=x', 'limit=5']) {
        const answer = await api.ask(`/api/movies?${query}`, { headers })
        expect(answer.status).toBe(200)
      }
      return api.ask('/api/movies?q=a', { headers })
    }
    await compare('stored', read)
  })

  test('every operation has a sample', () => {
    expect(Object.keys(SAMPLES).sort()).toEqual(Object.keys(contract).sort())
  })
})
