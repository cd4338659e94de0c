import { expect, test } from '@playwright/test'
import {
  array,
  assert,
  constantFrom,
  integer,
  option,
  property,
  record,
  string,
  uuid,
} from 'fast-check'
import { POLICIES, type PolicyName } from '../rate-limit/policies.ts'
import { handoverHeaders, readHandover, serverTiming } from './handover.ts'

const ID = 'x-usher-request-id'
const TRIPS = 'x-usher-trips'
const GATE = 'x-usher-gate'
const WORD = 'known-to-both'

test('what the gate writes is what the endpoint reads', () => {
  const quota = record({
    policy: constantFrom(...(Object.keys(POLICIES) as PolicyName[])),
    limit: integer({ min: 1, max: 999_999_999_999 }),
    windowSeconds: integer({ min: 1, max: 999_999_999 }),
    remaining: integer({ min: 0, max: 999_999_999_999 }),
    resetSeconds: integer({ min: 1, max: 999_999_999 }),
  })
  const handovers = record({
    requestId: uuid(),
    spent: record({
      count: integer({ min: 0, max: 999 }),
      commands: integer({ min: 0, max: 999 }),
      milliseconds: integer({ min: 0, max: 99_999 }),
    }),
    startedAt: integer({ min: 0, max: 2 ** 50 }),
    quotas: array(quota, { maxLength: 3 }),
    counted: option(string({ minLength: 1, unit: 'grapheme' }), { nil: undefined }),
  })
  assert(
    property(handovers, (handover) => {
      const headers = new Headers(handoverHeaders(handover, WORD))
      expect(readHandover(headers, WORD)).toEqual(handover)
      expect(readHandover(headers, 'of-another-one')).toBeUndefined()
    }),
  )
})

test('a part of a millisecond counts as one: the deadline is never longer for a gate in between', () => {
  const spent = { count: 1, commands: 2, milliseconds: 0.01 }
  const handover = { requestId: 'r', spent, startedAt: 1, quotas: [], counted: undefined }
  const read = readHandover(new Headers(handoverHeaders(handover, WORD)), WORD)
  expect(read?.spent.milliseconds).toBe(1)
})

test('what a client could write to get more time, or to forge a log line, is no handover', () => {
  const read = (sent: Record<string, string>) =>
    readHandover(new Headers({ [GATE]: WORD, ...sent }), WORD)
  const good = '1;2;3;4;'
  expect(read({ [ID]: 'r', [TRIPS]: good })).toBeDefined()
  for (const trips of [
    '-1;2;3;4;',
    '1;2;-1800;4;',
    '1;2;3e9;4;',
    '1;2;;4;',
    '1;2;3;4',
    '1;2;3;4;user=1',
    '1;2;3;4;user=1,2,3,x',
    '1;2;3;4;user=1,2,3,4 key=2',
    '1;2;3;4;nobody=1,2,3,4',
    '1;2;3;4;constructor=1,2,3,4',
    `1;2;3;4;${'user=1,2,3,4 '.repeat(20)}`,
    '1;2;3;4;","user":"u_0000000000000000',
    '',
  ]) {
    expect(read({ [ID]: 'r', [TRIPS]: trips }), trips).toBeUndefined()
  }
  for (const id of ['', 'a b', 'a"b', 'x'.repeat(65)]) {
    expect(read({ [ID]: id, [TRIPS]: good }), id).toBeUndefined()
  }
  expect(read({ [ID]: 'r' })).toBeUndefined()
  expect(read({ [TRIPS]: good })).toBeUndefined()
  for (const word of ['', WORD.slice(1), `${WORD} `.repeat(2)]) {
    expect(read({ [ID]: 'r', [TRIPS]: good, [GATE]: word }), word).toBeUndefined()
  }
})

test('Server-Timing says what was waited for, to a tenth of a millisecond; nothing is zero', () => {
  expect(serverTiming({ count: 2, commands: 5, milliseconds: 12.34 })).toBe(
    'redis;dur=12.3;desc="2 trips, 5 commands"',
  )
  expect(serverTiming()).toBe('redis;dur=0;desc="0 trips, 0 commands"')
})
