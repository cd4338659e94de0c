import { expect, test } from '@playwright/test'
import { parseUserId } from './user-id.ts'

test('a text that no address can be is refused before it is normalised', () => {
  const { normalize } = String.prototype
  let longest = 0
  String.prototype.normalize = function (form?: string) {
    longest = Math.max(longest, this.length)
    return normalize.call(this, form)
  }
  try {
    for (const letter of ['\u0315', 'a', '😀', '\u1100']) {
      expect(parseUserId(letter.repeat(32_000))).toBeUndefined()
    }
    expect(parseUserId(' Me@Home.org ')).toBe('me@home.org')
  } finally {
    String.prototype.normalize = normalize
  }
  expect(longest).toBeLessThan(2_000)
})
