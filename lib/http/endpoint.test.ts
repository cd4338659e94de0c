import { expect, test } from '@playwright/test'
import { fail, ok } from '../contract/problems.ts'
import type { Deps } from '../deps/base.ts'
import { defineOperation } from '../operation.ts'
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
  expect(response.status).toBe(500)
  const text = await response.text()
  expect(JSON.parse(text)).toMatchObject({
    type: '/problems/internal-error',
    instance: '/api/health',
  })
  expect(text).not.toContain('secret inside')
})
