import { expect, test } from '@playwright/test'
import { contract } from '../contract/operations.ts'
import { fail, ok } from '../contract/problems.ts'
import { type Deps, deps } from '../deps/base.ts'
import { endpoint } from './endpoint.ts'

test('a use case whose problems the row lists makes a handler; any other does not compile', () => {
  endpoint(contract.getItem, { run: async () => fail('not-found', 'listed') }, deps)
  expect(endpoint(contract.health, { run: async () => ok({}) }, deps)).toBeInstanceOf(Function)
  // The compiler judges these two: without an error below, `npm run types` fails.
  // @ts-expect-error the row of health lists no problem
  endpoint(contract.health, { run: async () => fail('conflict', 'not listed') }, deps)
  // @ts-expect-error the row of getItem does not list it
  endpoint(contract.getItem, { run: async () => fail('quota-exceeded', 'not listed') }, deps)
})

test('a defect answers 500 internal-error and says nothing about the inside', async () => {
  const broken = (): Deps => {
    throw new TypeError('secret inside')
  }
  const handler = endpoint(contract.health, { run: async () => ok({}) }, broken)
  const response = await handler(new Request('http://localhost/api/health'))
  expect(response.status).toBe(500)
  const text = await response.text()
  expect(JSON.parse(text)).toMatchObject({
    type: '/problems/internal-error',
    instance: '/api/health',
  })
  expect(text).not.toContain('secret inside')
})
