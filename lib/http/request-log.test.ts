import { expect, test } from '@playwright/test'
import { contract } from '../contract/operations.ts'
import { fail } from '../contract/problems.ts'
import type { Decision } from '../rate-limit/types.ts'
import { denying, limitUsed, logRequest, operationName, type RequestRecord } from './request-log.ts'
import { findRoute } from './router.ts'

const RECORD: RequestRecord = {
  ...{ requestId: 'r', operation: 'GET /api/profile', caller: {}, status: 200 },
  ...{ failure: undefined, spent: undefined, milliseconds: 1.6, limits: [], trace: undefined },
}

/** What a request writes. */
function linesOf(record: Partial<RequestRecord>): string[] {
  const lines: string[] = []
  const write = console.log
  console.log = (line: string) => void lines.push(line)
  try {
    logRequest({ ...RECORD, ...record })
  } finally {
    console.log = write
  }
  return lines
}

function lineOf(record: Partial<RequestRecord>): Record<string, unknown> {
  return JSON.parse(linesOf(record)[0] ?? '')
}

function decided(policy: Decision['policy'], allowed: boolean): Decision {
  return {
    ...{ policy, allowed, limit: 10, windowSeconds: 60, remaining: allowed ? 9 : 0 },
    ...{ resetSeconds: 1, windowNumber: 1, remembered: false },
  }
}

test('a request is one line, and what is not known is not in it', () => {
  expect(linesOf({})).toHaveLength(1)
  expect(lineOf({})).toEqual({
    ...{ time: expect.any(String), level: 'info', event: 'request', requestId: 'r' },
    ...{ operation: 'GET /api/profile', status: 200, trips: 0, commands: 0, ms: 2 },
  })
})

test('a defect is an error, an outage a warning, and what a client does wrong neither', () => {
  const levels = [200, 404, 429, 500, 503].map((status) => lineOf({ status })['level'])
  expect(levels).toEqual(['info', 'info', 'info', 'error', 'warn'])
})

test('a caller is named by opaque ids: an address, or what may be one, is left out', () => {
  const userOf = (user: string) => lineOf({ caller: { user, session: 's', key: 'k' } })
  expect(userOf('u_7QmZ0123456789ab')).toMatchObject({
    ...{ user: 'u_7QmZ0123456789ab', session: 's', key: 'k' },
  })
  for (const user of ['me@home.org', 'u_short', 'u_7QmZ0123456789ab@home.org', ' u_', '']) {
    expect(userOf(user), user).not.toHaveProperty('user')
  }
})

test('a failure tells its code and the reason that is for the log', () => {
  const failure = fail('invalid-token', 'session-revoked')
  expect(lineOf({ status: 401, failure })).toMatchObject({
    ...{ code: 'invalid-token', reason: 'session-revoked' },
  })
})

test('nothing adds a line or writes to the terminal', () => {
  // The last two are no control characters to JSON, and to terminals they are.
  const failure = fail('invalid-request', 'a\nb\u001b[2J\u009b2J\u202e')
  const lines = linesOf({ failure })
  expect(lines).toHaveLength(1)
  for (const control of ['\n', '\u001b', '\u009b', '\u202e']) {
    expect(lines[0]).not.toContain(control)
  }
})

test('a clock that was set back makes no negative time', () => {
  expect(lineOf({ milliseconds: -5 })['ms']).toBe(0)
})

test('quotas are named with what is left of them, and those that denied apart', () => {
  const decisions = [decided('user', true), decided('key', false)]
  expect(decisions.map(limitUsed)).toEqual(['user=9', 'key=0'])
  expect(denying(decisions)).toEqual(['key'])
  expect(lineOf({ limits: decisions.map(limitUsed) })['limits']).toBe('user=9 key=0')
})

test('an operation is named by its template: the path may hold an address', () => {
  const match = findRoute('/api/users/me%40home.org')
  if (typeof match === 'string') throw new Error(match)
  expect(operationName(contract.readUser, match)).toBe('GET /api/users/{id}')
})
