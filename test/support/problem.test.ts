import { test } from '@playwright/test'
import { problem } from '../../lib/http/problem.ts'
import { setAnswerHeaders } from '../../lib/http/respond.ts'
import { read } from './api.ts'
import { expect } from './problem.ts'

const REQUEST_ID = '7a4c6c1e-5a3f-4b63-9c7b-0a5f1d2e3c4b'

function refused(): Response {
  const response = problem(
    'validation-error',
    { instance: '/api/things', requestId: REQUEST_ID },
    { errors: [{ pointer: '#/size', message: 'is no number' }] },
  )
  setAnswerHeaders(response.headers, { origin: null, settings: undefined, requestId: REQUEST_ID })
  return response
}

/** One that says something else in one place. */
async function changed(
  members: Record<string, unknown>,
  headers: Record<string, string | undefined> = {},
  status = 422,
): Promise<Response> {
  const right = refused()
  const body = JSON.stringify({ ...(await right.json()), ...members })
  const all = new Headers(right.headers)
  for (const [name, value] of Object.entries(headers)) {
    if (value === undefined) all.delete(name)
    else all.set(name, value)
  }
  return new Response(body, { status, headers: all })
}

test('a response and a read answer are judged alike, and a response can still be read', async () => {
  const response = refused()
  await expect(response).toBeProblem('validation-error', { errors: [{ pointer: '#/size' }] })
  const answer = await read(response)
  expect(answer).toBeProblem('validation-error', {
    errors: [{ pointer: '#/size', message: expect.stringContaining('number') }],
    instance: '/api/things',
  })
})

for (const [about, make] of [
  ['another status', () => changed({}, {}, 400)],
  ['another status in the body', () => changed({ status: 400 })],
  ['another problem', () => changed({ type: '/problems/conflict' })],
  ['a plain JSON', () => changed({}, { 'Content-Type': 'application/json' })],
  ['an answer that may be kept', () => changed({}, { 'Cache-Control': 'private' })],
  ['an answer that may be sniffed', () => changed({}, { 'X-Content-Type-Options': undefined })],
  ['the name of a framework', () => changed({}, { 'X-Powered-By': 'Next.js' })],
  ['two Server-Timing', () => changed({}, { 'Server-Timing': 'redis;dur=1, redis;dur=2' })],
  ['no requestId', () => changed({ requestId: undefined })],
  ['the id of another request', () => changed({ requestId: 'another' })],
  ['no title', () => changed({ title: undefined })],
  ['no instance', () => changed({ instance: undefined })],
  ['a member of no contract', () => changed({ stack: 'at lib/app.ts' })],
  ['an error with the value', () => changed({ errors: [{ pointer: '', message: '', value: 1 }] })],
  ['HTML', async () => new Response('<p>No</p>', { headers: { 'Content-Type': 'text/html' } })],
] as const) {
  test(`no problem document: ${about}`, async () => {
    await expect(await make())
      .toBeProblem('validation-error')
      .then(
        () => expect(about).toBe('refused'),
        (error: Error) => expect(error.message).toContain('Expected problem validation-error'),
      )
  })
}

test('other members, other errors or more of them than expected are named', async () => {
  const answer = await read(refused())
  const fails = (members: Parameters<ReturnType<typeof expect<typeof answer>>['toBeProblem']>[1]) =>
    expect(() => expect(answer).toBeProblem('validation-error', members)).toThrow(/members/)
  fails({ detail: 'x' })
  fails({ errors: [{ pointer: '#/title' }] })
  fails({ errors: [] })
  fails({ errors: [{ pointer: '#/size' }, { pointer: '#/title' }] })
})

test('a failure prints the answer: status, headers that tell something, body', async () => {
  const answer = await read(refused())
  expect(() => expect(answer).toBeProblem('conflict')).toThrow(
    /its status is 422, not 409[\s\S]*\n422\n[\s\S]*cache-control: no-store[\s\S]*"pointer":"#\/size"/,
  )
  expect(() => expect(undefined).toBeProblem('conflict')).toThrow(/there is no answer/)
})

test('a problem without its header is none: 401 a challenge, 405 Allow, 503 Retry-After', async () => {
  for (const [code, header] of [
    ['invalid-token', 'WWW-Authenticate'],
    ['method-not-allowed', 'Allow'],
    ['service-unavailable', 'Retry-After'],
  ] as const) {
    const response = problem(
      code,
      { instance: '/api/things', requestId: REQUEST_ID },
      { headers: { Allow: 'GET, HEAD' } },
    )
    setAnswerHeaders(response.headers, { origin: null, settings: undefined, requestId: REQUEST_ID })
    await expect(response).toBeProblem(code)
    response.headers.delete(header)
    const answer = await read(response)
    expect(() => expect(answer).toBeProblem(code), code).toThrow(/Expected problem/)
  }
})

test('.not is refused: it would pass for any fault', async () => {
  const answer = await read(refused())
  expect(() => expect(answer).not.toBeProblem('conflict')).toThrow(/has no `not`/)
})
