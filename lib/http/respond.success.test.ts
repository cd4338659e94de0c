import { expect, test } from '@playwright/test'
import type { Operation } from '../contract/operations.ts'
import { success } from './respond.ts'

const ONE: Operation = {
  ...{ method: 'GET', path: '/api/things/{id}', access: 'public', quota: 'gate' },
  ...{ body: 'none', status: 200 },
}
const LIST: Operation = { ...ONE, path: '/api/things', action: 'list' }
const TAG = '"abc"'
const THING = { ok: true as const, value: { id: 'a' }, headers: { ETag: TAG } }

async function answered(
  row: Operation,
  outcome: Parameters<typeof success>[1],
  asked: Record<string, string> = {},
): Promise<Response> {
  const answer = await success(row, outcome, new Headers(asked))
  if (!(answer instanceof Response)) throw new Error(`it is ${answer.code}`)
  return answer
}

test('the status is of the row, unless the use case says another', async () => {
  const row: Operation = { ...ONE, method: 'POST', status: 201 }
  expect((await answered(row, { ok: true, value: {} })).status).toBe(201)
  expect((await answered(row, { ok: true, value: {}, status: 200 })).status).toBe(200)
})

test('no value is no body, and no Content-Type', async () => {
  const row: Operation = { ...ONE, method: 'DELETE', status: 204 }
  const answer = await answered(row, { ok: true, value: undefined })
  expect(answer.status).toBe(204)
  expect(answer.headers.has('content-type')).toBe(false)
  expect(await answer.text()).toBe('')
})

test('what is no JSON goes out as it is', async () => {
  const row: Operation = { ...ONE, mediaType: 'text/plain; version=0.0.4' }
  const answer = await answered(row, { ok: true, value: 'a 1\n' })
  expect(answer.headers.get('content-type')).toBe('text/plain; version=0.0.4')
  expect(await answer.text()).toBe('a 1\n')
})

test('a client that has this version gets 304 without a body, by weak comparison', async () => {
  for (const known of [TAG, `W/${TAG}`, `"x", ${TAG}`, '*']) {
    const answer = await answered(ONE, THING, { 'If-None-Match': known })
    expect(answer.status, known).toBe(304)
    expect(await answer.text()).toBe('')
    expect(answer.headers.get('etag')).toBe(TAG)
  }
  expect((await answered(ONE, THING, { 'If-None-Match': '"x"' })).status).toBe(200)
})

test('a client that wants another version gets 412, by strong comparison, also before 304', async () => {
  for (const wanted of ['"x"', `W/${TAG}`]) {
    const asked = new Headers({ 'If-Match': wanted, 'If-None-Match': TAG })
    expect(await success(ONE, THING, asked)).toMatchObject({ code: 'precondition-failed' })
  }
  expect((await answered(ONE, THING, { 'If-Match': `${TAG}, "x"` })).status).toBe(200)
})

test('conditions of a change are the use case’s, and are not judged again', async () => {
  const row: Operation = { ...ONE, method: 'PUT' }
  const asked = { 'If-Match': '"x"', 'If-None-Match': TAG }
  expect((await answered(row, THING, asked)).status).toBe(200)
})

test('the tag of a list is of its bytes: the same page has the same, another page another', async () => {
  const page = (ids: string[]) => answered(LIST, { ok: true, value: { data: ids } })
  const tags = await Promise.all([page(['a']), page(['a']), page(['a', 'b'])])
  const [first, again, other] = tags.map(({ headers }) => headers.get('etag'))
  expect(first).toMatch(/^"[\w-]{43}"$/)
  expect(again).toBe(first)
  expect(other).not.toBe(first)
})

test('nobody keeps an answer to a credential; what all may keep is kept by a shared cache too', async () => {
  const headers = { 'Cache-Control': 'public, max-age=5' }
  const outcome = { ok: true as const, value: {}, headers }
  const cached = async (row: Operation, asked: Record<string, string>) =>
    (await answered(row, outcome, asked)).headers.get('cache-control')
  expect(await cached(ONE, {})).toBe('public, max-age=5')
  for (const name of ['Authorization', 'X-API-Key', 'Cookie']) {
    expect(await cached(ONE, { [name]: 'x' }), name).toBe('no-store')
  }
  expect(await cached({ ...ONE, cacheSeconds: 300 }, { Cookie: 'x' })).toBe('public, max-age=300')
})
