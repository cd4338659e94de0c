import { expect, test } from '@playwright/test'
import fc from 'fast-check'
import * as mini from 'zod/mini'
import { z } from './collections/schema.ts'
import { MOST_FAULTS, validate } from './validation.ts'

const GENRES = ['comedy', 'drama']
const schema = mini.strictObject({
  title: z.string().check(z.minLength(2), z.maxLength(4)),
  genre: z.optional(z.enum(GENRES)),
  code: z.optional(z.string().check(z.regex(/^[a-z]{2}\d+$/))),
  rating: z.optional(z.int().check(z.minimum(1), z.maximum(5))),
  tags: z.optional(mini.array(z.string()).check(mini.minLength(1), mini.maxLength(2))),
})

const faultsOf = (input: unknown): unknown => {
  const result = validate(schema, input)
  return result.ok ? [] : result.errors?.map(({ pointer, message }) => `${pointer} ${message}`)
}

test('each message says what would be right', () => {
  const title = 'abc'
  for (const [input, fault] of [
    [{ title, genre: 'horror' }, '#/genre is not one of comedy, drama'],
    [{ title, genre: 7 }, '#/genre is not one of comedy, drama'],
    [{ title, code: 'x' }, '#/code does not have the form /^[a-z]{2}\\d+$/'],
    [{ title: 'a' }, '#/title has fewer than 2 characters'],
    [{ title: 'abcde' }, '#/title has more than 4 characters'],
    [{ title, tags: [] }, '#/tags has fewer than 1 entries'],
    [{ title, tags: ['a', 'b', 'c'] }, '#/tags has more than 2 entries'],
    [{ title, tags: [1] }, '#/tags/0 is not of type string'],
    [{ title, rating: 6 }, '#/rating is larger than 5'],
    [{ title, rating: 0 }, '#/rating is smaller than 1'],
    [{ title, rating: 1.5 }, '#/rating is not of type int'],
    [{}, '#/title is required'],
    [{ title: null }, '#/title is not of type string'],
    [{ title, 'a/b': 1 }, '#/a~1b is not allowed here; allowed: title, genre, code, rating, tags'],
    [[], '# is not of type object'],
  ] as const) {
    expect(faultsOf(input)).toEqual([fault])
  }
})

test('an answer is bounded, whatever is declared and whatever is sent', () => {
  const words = Array.from({ length: 500 }, (_, index) => `word${index}`)
  const many = mini.strictObject(Object.fromEntries(words.map((word) => [word, z.enum(words)])))
  const wrong = Object.fromEntries(words.map((word) => [`${'x'.repeat(500)}${word}`, word]))
  const result = validate(many, wrong)
  if (result.ok) throw new Error('taken')
  expect(result.errors).toHaveLength(MOST_FAULTS)
  expect(JSON.stringify(result.errors).length).toBeLessThan(16_384)
  const one = validate(z.enum(words), 'x')
  expect(one.ok ? [] : one.errors?.[0]?.message).toMatch(/^is not one of word0, .* and 476 more$/)
})

test('no message holds what was sent', () => {
  const secret = 'n0t-to-be-seen'
  const value = fc.oneof(
    ...[secret, [secret], { secret }, { [`a ${secret}`]: 1 }].map((each) => fc.constant(each)),
  )
  const names = ['title', 'genre', 'code', 'rating', 'tags', 'other']
  fc.assert(
    fc.property(fc.dictionary(fc.constantFrom(...names), value), (input) => {
      const result = validate(schema, input)
      if (!result.ok) expect(JSON.stringify(result)).not.toContain(secret)
    }),
  )
})
