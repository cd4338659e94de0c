import { expect, test } from '@playwright/test'
import { StoreUnavailable } from '../contract/problems.ts'
import { EnvironmentFault } from '../settings/settings.ts'
import { failureOf } from './failure.ts'

test('an outage of the store is 503, in our own words', () => {
  expect(failureOf(new StoreUnavailable('no answer within the deadline'))).toEqual({
    ok: false,
    code: 'service-unavailable',
    reason: 'no answer within the deadline',
  })
})

test('a fault of the environment is our defect, and its reason names the variables', () => {
  const failure = failureOf(new EnvironmentFault(['SECRET_TOKEN is missing.']))
  expect(failure).toMatchObject({
    code: 'internal-error',
    reason: 'SECRET_TOKEN is missing.',
  })
})

test('anything else is a defect: its kind and its place, never its message', () => {
  const failure = failureOf(new RangeError('password hunter2'))
  expect(failure.code).toBe('internal-error')
  expect(failure.reason).toMatch(/^RangeError at .*failure\.test\.ts/)
  expect(JSON.stringify(failure)).not.toContain('hunter2')
})

test('a message of several lines, or one that looks like a frame, does not get into the reason', () => {
  const failure = failureOf(new TypeError('first\nsecret second'))
  expect(failure.reason).not.toContain('secret')
  expect(failure.reason.split('\n')).toHaveLength(1)
})

test('what is thrown and is no error has its type alone', () => {
  for (const [thrown, reason] of [
    ['hunter2', 'string'],
    [undefined, 'undefined'],
    [{ password: 'hunter2' }, 'object'],
  ] as const) {
    expect(failureOf(thrown)).toEqual({ ok: false, code: 'internal-error', reason })
  }
})

test('an error without a stack has its kind alone', () => {
  const error = new Error('hunter2')
  delete error.stack
  expect(failureOf(error).reason).toBe('Error')
})
