import { expect, test } from '@playwright/test'
import fc from 'fast-check'
import {
  type Collection,
  defineCollection,
  type Shape,
  type Zod,
} from '../../lib/collections/define.ts'
import { type Field, parseStored } from '../../lib/items/field.ts'
import { readerOf } from '../../lib/items/item.ts'
import { mend } from './mend.ts'

const access = {
  list: 'user',
  get: 'user',
  create: 'editor',
  update: 'editor',
  delete: 'editor',
} as const

function fieldsOf(fields: (z: Zod) => Shape): readonly Field[] {
  const things: Collection = defineCollection({ name: 'things', prefix: 'thing:', access, fields })
  return readerOf(things).fields
}

const [int, number, truth, day, at, price, kind, tags, counts, free, maybe, nullable] = fieldsOf(
  (z) => ({
    int: z.int(),
    number: z.number(),
    truth: z.boolean(),
    day: z.date(),
    at: z.datetime(),
    price: z.decimal(2),
    kind: z.enum(['Red', 'green', 'Green']),
    tags: z.array(z.string()),
    counts: z.array(z.int()),
    free: z.json(),
    maybe: z.optional(z.int()),
    nullable: z.nullable(z.date()),
  }),
)

for (const [field, raw, text] of [
  [int, ' 7 ', '7'],
  [int, '+7', '7'],
  [int, '7.5', undefined],
  [int, '007', undefined],
  [int, '', undefined],
  [number, '.5', '0.5'],
  [number, '1,5', undefined],
  [truth, 'TRUE', 'true'],
  [truth, 'no', 'false'],
  [truth, '1', 'true'],
  [truth, '2', undefined],
  [day, '2024/02/29', '2024-02-29'],
  [day, '2024-02-29T00:00:00Z', '2024-02-29'],
  [day, '2024-02-29T00:00:01Z', undefined],
  [day, '2023/02/29', undefined],
  [day, '01/02/2024', undefined],
  [at, '2024-02-29 12:00:00+02:00', '2024-02-29T10:00:00.000Z'],
  [at, '1709200800000', '2024-02-29T10:00:00.000Z'],
  [at, '2024-02-29 12:00:00', undefined],
  [price, '12.500', '12.5'],
  [price, '+3', '3'],
  [price, '12.505', undefined],
  [kind, 'red', 'Red'],
  [kind, 'GREEN', undefined],
  [kind, 'blue', undefined],
  [tags, 'jazz', '["jazz"]'],
  [tags, '[1]', undefined],
  [counts, '7', undefined],
  [counts, 'seven', undefined],
  [free, 'a text', '"a text"'],
] as const) {
  test(`${field?.name} of ${JSON.stringify(raw)} becomes ${text}`, () => {
    if (field === undefined) throw new TypeError('no field')
    expect(mend(field, raw)).toEqual(text === undefined ? undefined : { text })
  })
}

test('nothing is taken away but what says nothing, where nothing may be', () => {
  for (const field of [maybe, nullable]) {
    if (field === undefined) throw new TypeError('no field')
    expect(mend(field, '  ')).toEqual({ text: undefined })
    expect(mend(field, 'soon')).toBeUndefined()
  }
})

test('what is converted fits', () => {
  const all = [int, number, truth, day, at, price, kind, tags, counts, free, maybe, nullable]
  fc.assert(
    fc.property(fc.constantFrom(...all), fc.string(), (field, raw) => {
      if (field === undefined) return
      const mended = mend(field, raw)
      if (mended !== undefined) expect(parseStored(field, mended.text).fits).toBe(true)
    }),
  )
})
