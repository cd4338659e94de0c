import { expect, test } from '@playwright/test'
import { type Deps, deps } from '../deps.ts'
import { fail, ok } from '../errors.ts'
import { contract } from './contract.ts'
import { endpoint } from './endpoint.ts'

test('a use case that fails with a problem its row does not list does not compile', () => {
  endpoint(contract.getItem, { run: async () => fail('not-found', 'listed') }, deps)
  endpoint(contract.health, { run: async () => ok({}) }, deps)
  // @ts-expect-error the row of health lists no problem
  endpoint(contract.health, { run: async () => fail('conflict', 'not listed') }, deps)
  // @ts-expect-error the row of getItem does not list it
  endpoint(contract.getItem, { run: async () => fail('quota-exceeded', 'not listed') }, deps)
  expect.soft(true, 'the compiler is the judge: `npm run types` fails otherwise').toBe(true)
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
