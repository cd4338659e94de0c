import { expect, test } from '@playwright/test'
import { Turnstile } from './turnstile.ts'

test('two at a time; whoever leaves lets the first in line in; nobody waits for ever', async () => {
  const turnstile = new Turnstile(2, 20)
  expect([await turnstile.enter(), await turnstile.enter()]).toEqual([true, true])
  const third = turnstile.enter()
  const fourth = turnstile.enter()
  turnstile.leave()
  expect(await third).toBe(true)
  expect(await fourth).toBe(false)

  // Places of those who gave up are not lost, and none is given twice.
  turnstile.leave()
  turnstile.leave()
  expect([await turnstile.enter(), await turnstile.enter()]).toEqual([true, true])
  expect(await turnstile.enter()).toBe(false)
})
