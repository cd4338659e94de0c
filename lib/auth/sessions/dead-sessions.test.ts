import { expect, test } from '@playwright/test'
import { liveness } from '../../store/liveness.ts'
import { DeadSessions } from './dead-sessions.ts'

test('a token younger than the one that was found dead is asked about anew', () => {
  let now = 1_000_000
  const dead = new DeadSessions(() => now)
  dead.remember({ sid: 's', iat: 900, exp: 2_000 })
  expect(dead.has({ sid: 's', iat: 900, exp: 2_000 })).toBe(true)
  expect(dead.has({ sid: 's', iat: 901, exp: 2_001 })).toBe(false)
  expect(dead.has({ sid: 'other', iat: 900, exp: 2_000 })).toBe(false)
  dead.remember({ sid: 's', iat: 800, exp: 1_500 })
  expect(dead.has({ sid: 's', iat: 900, exp: 2_000 })).toBe(true)
  now = 2_000_000
  expect(dead.has({ sid: 's', iat: 900, exp: 2_000 })).toBe(false)
})

test('a replica that still names the address of a session that got its id is no last word', () => {
  const session = { sessionId: 's', accountId: 'u_1', userId: 'me@home.org' }
  const account = ['0', undefined, '1', '0', 'u_1']
  const of = (holder: string) =>
    liveness(session, { status: 'read', session: ['live', holder, '0'], account, now: 0 }).status
  expect(of('u_1')).toBe('live')
  expect(of('me@home.org')).toBe('session-superseded')
  expect(of('u_2')).toBe('session-revoked')
})
