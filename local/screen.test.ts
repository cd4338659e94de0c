import { expect, test } from '@playwright/test'
import { createLog } from '../lib/log.ts'
import { readable } from './screen.ts'

const AT = new Date(2026, 10, 26, 12, 1, 2).getTime()

/** What a terminal shows of an entry of the log. */
function shown(event: string, fields: Parameters<ReturnType<typeof createLog>>[2]): string {
  const lines: string[] = []
  createLog(
    (line) => lines.push(readable(line)),
    () => AT,
  )('info', event, fields)
  return lines.join('\n')
}

test('a request is a line that a person reads', () => {
  const request = {
    requestId: 'r',
    operation: 'GET /api/stars/{id}',
    status: 200,
    trips: 1,
    ms: 3,
  }
  expect(shown('request', { ...request, user: 'u_abc', session: 's' })).toBe(
    '12:01:02 200 GET /api/stars/{id} 3 ms user u_abc 1 trip',
  )
  const refused = { status: 429, code: 'quota-exceeded', trips: 0 }
  expect(shown('request', { ...request, user: 'u_abc', key: 'k1', ...refused })).toBe(
    '12:01:02 429 GET /api/stars/{id} 3 ms user u_abc key k1 0 trips quota-exceeded',
  )
  expect(shown('request', { status: 404, trips: 0, ms: 0, code: 'not-found' })).toBe(
    '12:01:02 404 no operation 0 ms 0 trips not-found',
  )
})

test('another event has its fields by name, and what is no event stays as it is', () => {
  expect(shown('store.evicts', { policy: 'allkeys-lru' })).toBe(
    '12:01:02 info store.evicts policy=allkeys-lru',
  )
  for (const line of ['', 'Mail to me@home.org', '{"time":"half', '{"id":"x"}']) {
    expect(readable(line)).toBe(line)
  }
})
