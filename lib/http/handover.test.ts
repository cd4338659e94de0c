import { expect, test } from '@playwright/test'
import { assert, integer, option, property, record, string, stringMatching, uuid } from 'fast-check'
import { handoverHeaders, readHandover, serverTiming } from './handover.ts'

const ID = 'x-usher-request-id'
const TRIPS = 'x-usher-trips'

test('what the gate writes is what the endpoint reads', () => {
  const limit = stringMatching(/^[a-z-]{1,32}=\d{1,12}( [a-z-]{1,32}=\d{1,12}){0,2}$/)
  const handovers = record({
    requestId: uuid(),
    spent: record({
      count: integer({ min: 0, max: 999 }),
      commands: integer({ min: 0, max: 999 }),
      milliseconds: integer({ min: 0, max: 99_999 }),
    }),
    startedAt: integer({ min: 0, max: 2 ** 50 }),
    limit: option(limit, { nil: undefined }),
    counted: option(string({ minLength: 1 }), { nil: undefined }),
  })
  assert(
    property(handovers, (handover) => {
      expect(readHandover(new Headers(handoverHeaders(handover)))).toEqual(handover)
    }),
  )
})

test('a part of a millisecond counts as one: the deadline is never longer for a gate in between', () => {
  const spent = { count: 1, commands: 2, milliseconds: 0.01 }
  const handover = { requestId: 'r', spent, startedAt: 1, limit: undefined, counted: undefined }
  const read = readHandover(new Headers(handoverHeaders(handover)))
  expect(read?.spent.milliseconds).toBe(1)
})

test('what a client could write to get more time, or to forge a log line, is no handover', () => {
  const good = '1;2;3;4;'
  expect(readHandover(new Headers({ [ID]: 'r', [TRIPS]: good }))).toBeDefined()
  for (const trips of [
    '-1;2;3;4;',
    '1;2;-1800;4;',
    '1;2;3e9;4;',
    '1;2;;4;',
    '1;2;3;4',
    '1;2;3;4;user=1 key=2 month=3 anonymous=4',
    '1;2;3;4;user=x',
    '1;2;3;4;","user":"u_0000000000000000',
    '',
  ]) {
    expect(readHandover(new Headers({ [ID]: 'r', [TRIPS]: trips })), trips).toBeUndefined()
  }
  for (const id of ['', 'a b', 'a"b', 'x'.repeat(65)]) {
    expect(readHandover(new Headers({ [ID]: id, [TRIPS]: good })), id).toBeUndefined()
  }
  expect(readHandover(new Headers({ [ID]: 'r' }))).toBeUndefined()
  expect(readHandover(new Headers({ [TRIPS]: good }))).toBeUndefined()
})

test('Server-Timing says what was waited for, to a tenth of a millisecond; nothing is zero', () => {
  expect(serverTiming({ count: 2, commands: 5, milliseconds: 12.34 })).toBe(
    'redis;dur=12.3;desc="2 trips, 5 commands"',
  )
  expect(serverTiming()).toBe('redis;dur=0;desc="0 trips, 0 commands"')
})
