import { expect, test } from '@playwright/test'
import type { Operation } from '../contract/operations.ts'
import {
  declaresTooLarge,
  encodingFault,
  LARGEST_BODY_BYTES,
  readJson,
  takesMediaType,
} from './body.ts'

function row(body: Operation['body'], method: Operation['method'] = 'POST'): Operation {
  return { method, path: '/api/things', access: 'user', quota: 'gate', body, status: 200 }
}

function typed(type: string | undefined): Headers {
  return new Headers(type === undefined ? {} : { 'Content-Type': type })
}

function posted(body: BodyInit | ReadableStream<Uint8Array> | null): Request {
  const init = { method: 'POST', body, duplex: 'half' }
  return new Request('https://api.example.com/api/things', init)
}

test('JSON is taken in any spelling of its media type, and nothing that only begins like it', () => {
  const takes = (type: string) => takesMediaType(row('json'), typed(type))
  const json = ['application/json', 'Application/JSON', 'application/json;charset=utf-8']
  for (const type of [...json, 'application/json ; v="1"']) expect(takes(type), type).toBe(true)
  const others = ['application/jsonp', 'text/json', 'text/plain, application/json', 'json', '']
  for (const type of others) expect(takes(type), type).toBe(false)
})

test('a merge patch is JSON for PATCH alone', () => {
  const patch = typed('application/merge-patch+json')
  expect(takesMediaType(row('json', 'PATCH'), patch)).toBe(true)
  expect(takesMediaType(row('json', 'PUT'), patch)).toBe(false)
})

test('without a media type only an operation is called that can do without a body', () => {
  const taken = (['none', 'any', 'optional', 'json'] as const).filter((body) =>
    takesMediaType(row(body), typed(undefined)),
  )
  expect(taken).toEqual(['none', 'any', 'optional'])
  // A form could be sent by a page of another site without a preflight.
  expect(takesMediaType(row('optional'), typed('text/plain'))).toBe(false)
})

test('a compressed body is refused with what would be taken', () => {
  for (const encoding of ['gzip', 'br', 'identity, gzip', 'deflate;q=1']) {
    const fault = encodingFault(new Headers({ 'Content-Encoding': encoding }))
    expect(fault?.code, encoding).toBe('unsupported-media-type')
    expect(fault?.headers).toEqual({ 'Accept-Encoding': 'identity' })
  }
  for (const encoding of ['identity', ' Identity ', '']) {
    expect(encodingFault(new Headers({ 'Content-Encoding': encoding })), encoding).toBeUndefined()
  }
  expect(encodingFault(new Headers())).toBeUndefined()
})

test('a length that is declared refuses beyond the limit, and what is no number refuses nothing', () => {
  const declares = (length: string) => declaresTooLarge(new Headers({ 'Content-Length': length }))
  expect(declares(String(LARGEST_BODY_BYTES))).toBe(false)
  expect(declares(String(LARGEST_BODY_BYTES + 1))).toBe(true)
  // The stream is counted, whatever is declared.
  expect(declares('many')).toBe(false)
  expect(declaresTooLarge(new Headers())).toBe(false)
})

test('a body of exactly the limit is read, one byte more is not', async () => {
  const fitting = JSON.stringify('x'.repeat(LARGEST_BODY_BYTES - 2))
  expect(await readJson(posted(fitting))).toEqual({ ok: true, value: JSON.parse(fitting) })
  expect(await readJson(posted(`${fitting} `))).toMatchObject({ code: 'payload-too-large' })
})

test('bytes are counted, and not letters', async () => {
  const letters = JSON.stringify('é'.repeat(LARGEST_BODY_BYTES / 2))
  expect(letters.length).toBeLessThan(LARGEST_BODY_BYTES)
  expect(await readJson(posted(letters))).toMatchObject({ code: 'payload-too-large' })
})

test('an endless body is left as soon as it is too large', async () => {
  let sent = 0
  let left = false
  const endless = new ReadableStream<Uint8Array>(
    {
      pull: (controller) => {
        sent += 16_384
        controller.enqueue(new Uint8Array(16_384).fill(0x20))
      },
      cancel: () => {
        left = true
      },
    },
    { highWaterMark: 0 },
  )
  expect(await readJson(posted(endless))).toMatchObject({ code: 'payload-too-large' })
  expect(left).toBe(true)
  expect(sent).toBe(LARGEST_BODY_BYTES + 16_384)
})

test('a letter that is cut between two chunks is one letter', async () => {
  const bytes = new TextEncoder().encode('"né"')
  const halves = new ReadableStream<Uint8Array>({
    start: (controller) => {
      controller.enqueue(bytes.slice(0, 3))
      controller.enqueue(bytes.slice(3))
      controller.close()
    },
  })
  expect(await readJson(posted(halves))).toEqual({ ok: true, value: 'né' })
})

test('what is no JSON in UTF-8 is malformed, and is not repeated', async () => {
  for (const body of [null, '', '{"a":', "{'a':1}", 'NaN', new Uint8Array([0x22, 0xff, 0x22])]) {
    const read = await readJson(posted(body))
    expect(read).toMatchObject({ ok: false, code: 'invalid-request' })
    expect(JSON.stringify(read)).not.toContain("'a'")
  }
})
