import { expect, test } from '@playwright/test'
import type { Decision } from '../rate-limit/types.ts'
import { setAnswerHeaders } from './respond.ts'

const SETTINGS = { origin: 'https://api.example.com', corsOrigins: ['https://app.example.com'] }
const DECISION: Decision = {
  ...{ policy: 'user', allowed: true, limit: 600, windowSeconds: 60, remaining: 599 },
  ...{ resetSeconds: 12, windowNumber: 1, remembered: false },
}

function answered(known: Partial<Parameters<typeof setAnswerHeaders>[1]>): Headers {
  const headers = new Headers()
  setAnswerHeaders(headers, { origin: null, settings: SETTINGS, requestId: 'r', ...known })
  return headers
}

test('an answer has its id, what it waited for, and what was counted', () => {
  const spent = { count: 1, commands: 3, milliseconds: 2 }
  const headers = answered({ spent, quotas: [DECISION] })
  expect(headers.get('x-request-id')).toBe('r')
  expect(headers.get('server-timing')).toBe('redis;dur=2;desc="1 trips, 3 commands"')
  expect(headers.get('ratelimit')).toBe('"user";r=599;t=12')
  expect(headers.get('ratelimit-policy')).toBe('"user";q=600;w=60')
})

test('where the gate has set the id it is not set again: Next would append it', () => {
  expect(answered({ requestId: undefined }).has('x-request-id')).toBe(false)
})

test('a page of another site may embed what is public, and nothing else', () => {
  const policy = 'cross-origin-resource-policy'
  expect(answered({}).get(policy)).toBe('same-origin')
  expect(answered({ isPublic: true }).get(policy)).toBe('cross-origin')
})

test('while the environment has faults an answer is safe: no origin is allowed', () => {
  const headers = answered({ settings: undefined, origin: 'https://app.example.com' })
  expect(headers.has('access-control-allow-origin')).toBe(false)
  expect(headers.has('strict-transport-security')).toBe(false)
  expect(headers.get('server-timing')).toBe('redis;dur=0;desc="0 trips, 0 commands"')
})
