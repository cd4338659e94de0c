import { expect, test } from '@playwright/test'
import fc from 'fast-check'
import { quickBitsOf, Seen } from './seen.ts'

/** Few, and long: many of them meet in one slot. */
const narrow = (text: string): Uint32Array => new Uint32Array([text.length % 3, text.length, 7])

for (const [name, bitsOf] of [
  ['digests', undefined],
  ['quick bits', quickBitsOf],
] as const) {
  test(`texts are found again with their numbers, by ${name}`, () => {
    const numbers = fc.integer({ min: 0, max: 4_294_967_294 })
    fc.assert(
      fc.property(fc.array(fc.tuple(fc.string(), numbers)), fc.string(), (pairs, other) => {
        const [seen, model] = [new Seen(bitsOf), new Map(pairs)]
        for (const [text, number] of pairs) seen.set(text, number)
        return (
          seen.size === model.size &&
          [other, ...model.keys()].every((text) => seen.get(text) === model.get(text))
        )
      }),
    )
  })
}

test('thousands of texts are told apart while the table grows', () => {
  for (const seen of [new Seen(), new Seen(quickBitsOf)]) {
    for (let at = 0; at < 20_000; at++) seen.set(`text ${at}`, at)
    const wrong = Array.from({ length: 20_000 }, (_, at) => at).filter(
      (at) => seen.get(`text ${at}`) !== at,
    )
    expect(wrong).toEqual([])
    expect(seen.size).toBe(20_000)
    expect(seen.get('another text')).toBeUndefined()
  }
})

test('texts that meet in one slot are told apart', () => {
  const seen = new Seen(narrow)
  const texts = Array.from({ length: 300 }, (_, length) => 'x'.repeat(length))
  for (const text of texts) seen.set(text, text.length)
  expect(texts.filter((text) => seen.get(text) !== text.length)).toEqual([])
  expect(seen.size).toBe(300)
})
