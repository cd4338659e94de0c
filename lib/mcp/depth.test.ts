import { expect, test } from '@playwright/test'
import { isTooDeep } from './depth.ts'

test('lists and objects within each other are counted, whatever texts have in them', () => {
  const nested = (times: number) => `${'{"a":['.repeat(times)}${']}'.repeat(times)}`
  expect([isTooDeep(nested(100)), isTooDeep(nested(101))]).toEqual([false, true])
  expect(isTooDeep(JSON.stringify({ a: '['.repeat(500), b: '\\"['.repeat(300) }))).toBe(false)
  expect(isTooDeep(JSON.stringify(Array(500).fill([])))).toBe(false)
  // A text that does not end is read once, and not from each of its signs.
  expect(isTooDeep(`"${'\\"['.repeat(20_000)}`)).toBe(false)
})
