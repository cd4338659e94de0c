import { expect, test } from '@playwright/test'
import * as z from 'zod/mini'
import type { Operation } from '../contract/operations.ts'
import { MOST_FAULTS } from '../validation.ts'
import { readInput } from './input.ts'

const ROW: Operation = {
  ...{ method: 'POST', path: '/api/things', access: 'user', quota: 'gate' },
  ...{ body: 'json', status: 200 },
}
const LIST: Operation = { ...ROW, method: 'GET', body: 'none' }
const ONE: Operation = { ...LIST, path: '/api/things/{id}' }
const THING = z.strictObject({ size: z.number() })

function asking(query: string): Request {
  return new Request(`https://api.example.com/api/things${query}`)
}

function sending(body: string, query = '', type = 'application/json'): Request {
  const headers: Record<string, string> = type === '' ? {} : { 'Content-Type': type }
  const url = `https://api.example.com/api/things${query}`
  return new Request(url, { method: 'POST', headers, body: new TextEncoder().encode(body) })
}

test('a query is an object of texts, decoded once', async () => {
  expect(await readInput(LIST, 'as sent', asking('?a=1&b=%2525&c='))).toEqual({
    ok: true,
    value: { a: '1', b: '%25', c: '' },
  })
  expect(await readInput(LIST, 'as sent', asking(''))).toEqual({ ok: true, value: {} })
})

test('a parameter that is sent twice is a list, and no schema takes it for its last value', async () => {
  const query = asking('?limit=5&limit=6&limit=7')
  const read = await readInput(LIST, 'as sent', query)
  expect(read).toMatchObject({ value: { limit: ['5', '6', '7'] } })
  const schema = z.strictObject({ limit: z.string() })
  expect(await readInput(LIST, schema, query)).toMatchObject({
    code: 'validation-error',
    errors: [{ pointer: '#/limit' }],
  })
})

test('a parameter named __proto__ is a parameter, and changes no prototype', async () => {
  const read = await readInput(LIST, 'as sent', asking('?__proto__=x'))
  expect(read.ok && Object.keys(Object(read.value))).toEqual(['__proto__'])
  const refused = await readInput(LIST, THING, asking('?__proto__=x'))
  expect(refused).toMatchObject({ code: 'validation-error' })
  expect(Object.hasOwn(Object.prototype, 'x')).toBe(false)
})

test('what Next adds to the URL of a path with variables is left out there, and there alone', async () => {
  const added = asking('?id=other&nxtPid=other&nxtIid=x&limit=1')
  expect(await readInput(ONE, 'as sent', added)).toEqual({ ok: true, value: { limit: '1' } })
  const plain = await readInput(LIST, 'as sent', asking('?id=other'))
  expect(plain).toMatchObject({ value: { id: 'other' } })
})

test('an operation without parameters names those that it got, and not their values', async () => {
  const names = Array.from({ length: MOST_FAULTS + 5 }, (_, index) => `n${index}=secret`)
  const read = await readInput(LIST, undefined, asking(`?${names.join('&')}`))
  expect(read).toMatchObject({ code: 'validation-error' })
  expect(!read.ok && read.errors).toHaveLength(MOST_FAULTS)
  expect(JSON.stringify(read)).not.toContain('secret')
})

test('a query beside a body is a fault: a misspelt parameter is not ignored', async () => {
  const read = await readInput(ROW, THING, sending('{"size":1}', '?dry-run=1'))
  expect(read).toMatchObject({ code: 'validation-error', errors: [{ pointer: '#/dry-run' }] })
  expect(await readInput(ROW, THING, sending('{"size":1}'))).toEqual({
    ok: true,
    value: { size: 1 },
  })
})

test('a body is judged in order: media type, encoding, declared length, syntax, schema', async () => {
  const faults: [Request, string][] = [
    [sending('{', '', 'text/plain'), 'unsupported-media-type'],
    [sending('{"size":"x"}'), 'validation-error'],
    [sending('{'), 'invalid-request'],
  ]
  const encoded = sending('{')
  encoded.headers.set('Content-Encoding', 'gzip')
  encoded.headers.set('Content-Length', '1000000')
  faults.push([encoded, 'unsupported-media-type'])
  const long = sending('{')
  long.headers.set('Content-Length', '1000000')
  faults.push([long, 'payload-too-large'])
  for (const [request, code] of faults) {
    expect(await readInput(ROW, THING, request)).toMatchObject({ ok: false, code })
  }
})

test('an optional body is nothing without its media type; one of any form is nothing if it is no JSON', async () => {
  const nothing = { ok: true, value: undefined }
  expect(await readInput({ ...ROW, body: 'optional' }, 'as sent', sending('{', '', ''))).toEqual(
    nothing,
  )
  const any: Operation = { ...ROW, body: 'any' }
  expect(await readInput(any, 'as sent', sending('token=x', '', 'text/plain'))).toEqual(nothing)
  expect(await readInput(any, 'as sent', sending('{"a":1}', '', ''))).toMatchObject({
    value: { a: 1 },
  })
  const endless = sending(' '.repeat(70_000), '', 'text/plain')
  expect(await readInput(any, 'as sent', endless)).toMatchObject({ code: 'payload-too-large' })
})
