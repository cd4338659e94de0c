import { test } from '@playwright/test'
import { ORIGIN } from '../../test/support/environment.ts'
import { expect } from '../../test/support/problem.ts'
import { bearerOf, depsWithoutStore } from '../../test/support/without-store.ts'
import { fail, ok } from '../contract/problems.ts'
import type { Deps } from '../deps/base.ts'
import { asSent, defineOperation } from '../operation.ts'
import { endpoint } from './endpoint.ts'

const health = defineOperation('health', {
  summary: 'The process is alive',
  problems: [],
  run: async () => ok({}),
})

test('a use case that fails with what its operation does not list does not compile', () => {
  defineOperation('getItem', {
    summary: 'Read one item',
    problems: ['not-found'],
    // The row says what the use case gets: an id, and the collection.
    run: async ({ id, collection }) => fail('not-found', `${id.trim()} of ${collection.name}`),
  })
  // The compiler judges these: without an error below, `npm run types` fails.
  defineOperation('health', {
    summary: 'The process is alive',
    problems: [],
    // @ts-expect-error no problem is listed
    run: async () => fail('conflict', 'not listed'),
  })
  defineOperation('readProfile', {
    summary: 'Read your own account',
    problems: [],
    run: async ({ principal }) => ok(principal.accountId),
  })
  defineOperation('signIn', {
    summary: 'Sign in',
    problems: [],
    // @ts-expect-error nobody is signed in yet
    run: async ({ principal }) => ok(principal.accountId),
  })
  expect(endpoint(health, () => ({}) as Deps)).toBeInstanceOf(Function)
})

test('a defect answers 500 internal-error and says nothing about the inside', async () => {
  const broken = (): Deps => {
    throw new TypeError('secret inside')
  }
  const handler = endpoint(health, broken)
  const response = await handler(new Request('http://localhost/api/health'))
  await expect(response).toBeProblem('internal-error', { instance: '/api/health' })
  expect(await response.text()).not.toContain('secret inside')
})

// The store is away below: what is tried is what an endpoint does without it.

function posted(path: string, headers: Record<string, string> = {}): Request {
  const typed = { 'Content-Type': 'application/json', ...headers }
  return new Request(`${ORIGIN}${path}`, { method: 'POST', headers: typed, body: '{}' })
}

test('what a use case throws is a defect with the id of the request, and an outage is 503', async () => {
  const without = depsWithoutStore()
  const broken = defineOperation('health', {
    summary: '',
    problems: [],
    run: async () => {
      throw new TypeError('secret inside')
    },
  })
  const defect = await endpoint(broken, () => without)(new Request(`${ORIGIN}/api/health`))
  await expect(defect).toBeProblem('internal-error')
  expect(await defect.text()).not.toContain('secret inside')

  const headers = await bearerOf(without)
  const readProfile = defineOperation('readProfile', {
    summary: '',
    problems: [],
    run: async () => ok({ mine: true }),
  })
  const request = new Request(`${ORIGIN}/api/profile`, { headers })
  const outage = await endpoint(readProfile, () => without)(request)
  await expect(outage).toBeProblem('service-unavailable')
  expect(await outage.text(), 'nothing goes out unproven').not.toContain('mine')
})

test('cookies that a use case has set or cleared go out with a failure, too', async () => {
  const without = depsWithoutStore()
  const refresh = defineOperation('refresh', {
    summary: '',
    input: asSent<unknown>(),
    problems: ['invalid-refresh-token'],
    run: async ({ cookies }) => {
      cookies.clear()
      return fail('invalid-refresh-token', 'reused')
    },
  })
  const handler = endpoint(refresh, () => without)
  const response = await handler(posted('/api/auth/refresh'))
  await expect(response).toBeProblem('invalid-refresh-token')
  const names = response.headers.getSetCookie().map((cookie) => cookie.split('=')[0])
  expect(names).toEqual(['__Host-usher-access', '__Host-usher-refresh'])
})

test('a use case by session that has counted nothing counts as a stranger', async () => {
  const without = depsWithoutStore()
  const logout = defineOperation('logout', {
    summary: '',
    input: asSent<unknown>(),
    problems: [],
    run: async () => ok(undefined),
  })
  const handler = endpoint(logout, () => without)
  const response = await handler(posted('/api/auth/logout'))
  expect(response.status).toBe(204)
  expect(response.headers.get('ratelimit-policy')).toMatch(/^"anonymous";/)
})

test('the id of the gate is kept, and what the gate has waited for and counted is told', async () => {
  const spent = { count: 1, commands: 2, milliseconds: 3 }
  const counted = { limit: 600, windowSeconds: 60, remaining: 599, resetSeconds: 42 }
  const quotas = [{ policy: 'user' as const, ...counted }]
  const handover = {
    requestId: 'from-the-gate',
    spent,
    startedAt: Date.now(),
    quotas,
    counted: undefined,
  }
  const deleteBlock = defineOperation('deleteBlock', {
    summary: '',
    problems: ['not-found'],
    run: async () => fail('not-found', 'listed'),
  })
  const without = depsWithoutStore()
  const handler = endpoint(deleteBlock, () => without)
  const request = new Request(`${ORIGIN}/api/blocks/x`, { method: 'DELETE' })
  const response = await handler(request, undefined, handover)
  // The gate has set the header: Next would append a second one.
  expect(response.headers.has('x-request-id')).toBe(false)
  expect((await response.json()).requestId).toBe('from-the-gate')
  expect(response.headers.get('server-timing')).toBe('redis;dur=3;desc="1 trips, 2 commands"')
  expect(response.headers.get('ratelimit-policy')).toBe('"user";q=600;w=60')
  expect(response.headers.get('ratelimit')).toBe('"user";r=599;t=42')
})
