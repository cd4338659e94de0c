import { expect, test } from '@playwright/test'
import fc from 'fast-check'
import { Numeral, shown, textOf } from './values.ts'

test('a number keeps its digits in a text, and its value in a number, or does not fit', () => {
  for (const [source, asNumber] of [
    ['9007199254740992', '9007199254740992'],
    ['9007199254740993', undefined],
    ['-0', '-0'],
    ['1e3', '1000'],
    ['1994.0', '1994.0'],
    ['0.10000000000000001', '0.10000000000000001'],
    ['0.1000000000000000055511151231257827', '0.1000000000000000055511151231257827'],
    ['3.14159265358979323846', undefined],
    ['1e400', undefined],
    ['1e-400', undefined],
    ['0e-999999', '0'],
    ['247339231533263.62', '247339231533263.62'],
    ['247339231533263.63', '247339231533263.63'],
    ['247339231533263.64', undefined],
    [`1${'0'.repeat(200)}1`, undefined],
  ] as const) {
    const numeral = new Numeral(source)
    expect(textOf(numeral, 'string'), source).toEqual({ text: source })
    const unfit = { fault: 'cannot be kept exactly as a number' }
    expect(textOf(numeral, 'number'), source).toEqual(
      asNumber === undefined ? unfit : { text: asNumber },
    )
    // A cell of CSV is text already.
    expect(textOf(source, 'number'), source).toEqual(
      asNumber === undefined ? unfit : { text: source },
    )
  }
})

test('every number that JavaScript writes fits', () => {
  fc.assert(
    fc.property(fc.double({ noNaN: true, noDefaultInfinity: true }), (number) => {
      expect(textOf(String(number), 'number')).toEqual({ text: String(number) })
      expect(textOf(new Numeral(String(number)), 'number')).toEqual({ text: String(number) })
    }),
  )
})

test('of a program’s own numbers those that were rounded do not fit', () => {
  for (const number of [2 ** 53, Number.NaN, Number.POSITIVE_INFINITY]) {
    expect(textOf(number, 'string')).toEqual({ fault: 'cannot be kept exactly as a number' })
  }
})

test('a value on the screen is short and commands no terminal', () => {
  expect(shown('\u001b[2J\u009b\u202e\ud83c')).toBe('"\\u001b[2J\\u{9b}\\u{202e}\\ud83c"')
  expect(shown('x'.repeat(100))).toHaveLength(61)
})
