import fc from 'fast-check'
import {
  type Collection,
  defineCollection,
  type Shape,
  type Zod,
} from '../../lib/collections/define.ts'
import type { Json } from '../../lib/collections/schema.ts'

/** A type of fields, with what is written of it and what it means. */
interface Kind {
  type: (z: Zod) => Shape[string]
  value: fc.Arbitrary<Json>
  /** What is read of a value that is written; itself, if not said. */
  read?: (value: Json) => Json
  /** Negative, zero or positive, as numbers compare; absent where there is no order. */
  compare?: (a: Json, b: Json) => number
  /** Whether it is kept as JSON, which CSV holds as text. */
  isJson?: true
}

export const bytes = (a: Json, b: Json): number =>
  Buffer.compare(Buffer.from(String(a)), Buffer.from(String(b)))
const numbers = (a: Json, b: Json): number => Number(a) - Number(b)
const cents = (text: Json): bigint => {
  const [whole = '', fraction = ''] = String(text).replace('-', '').split('.')
  return BigInt(whole + fraction.padEnd(2, '0')) * (String(text).startsWith('-') ? -1n : 1n)
}

const word = fc.constantFrom(
  '',
  'a',
  'A',
  'b',
  'É',
  'é',
  'Straße',
  'STRASSE',
  '黒澤',
  'a\u0000',
  'null',
)
const time = fc
  .tuple(
    fc.integer({ min: 0, max: 5 }),
    fc.constantFrom('Z', '+02:00', '-11:30', '.5Z', '.123456Z'),
  )
  .map(([hour, zone]) => `2026-01-0${1 + (hour % 3)}T0${hour}:00:00${zone}`)
/** By another way than the product: a time of the platform, cut to milliseconds. */
const utc = (text: Json): string => new Date(String(text)).toISOString()

export const KINDS = {
  text: { type: (z) => z.string(), value: word, compare: bytes },
  whole: { type: (z) => z.int(), value: fc.integer({ min: -3, max: 3 }), compare: numbers },
  number: {
    type: (z) => z.number(),
    value: fc.constantFrom(0, -1.5, 7, 10, 1e300, 1e-7, 0.1),
    compare: numbers,
  },
  truth: { type: (z) => z.boolean(), value: fc.boolean() },
  choice: {
    type: (z) => z.enum(['Red', 'green', 'BLUE']),
    value: fc.constantFrom('Red', 'green', 'BLUE'),
    compare: bytes,
  },
  day: {
    type: (z) => z.date(),
    value: fc.constantFrom('2026-01-31', '2024-02-29', '1999-12-31', '0001-01-01'),
    compare: bytes,
  },
  time: {
    type: (z) => z.datetime(),
    value: time,
    read: utc,
    compare: (a, b) => Date.parse(utc(a)) - Date.parse(utc(b)),
  },
  price: {
    type: (z) => z.decimal(2),
    value: fc.constantFrom('0', '-0.5', '1.5', '1.50', '10', '9.99', '-10', '100000000000000.01'),
    compare: (a, b) => Number(cents(a) - cents(b)),
  },
  link: {
    type: (z) => z.url(),
    value: fc.constantFrom('https://a.b/c', 'http://a/'),
    compare: bytes,
  },
  reference: {
    type: (z) => z.reference('others'),
    value: fc.constantFrom('x', 'X', 'y z'),
    compare: bytes,
  },
  words: {
    type: (z) => z.array(z.string()),
    value: fc.array(word, { maxLength: 3 }),
    isJson: true,
  },
  numbers: {
    type: (z) => z.array(z.int()),
    value: fc.array(fc.integer({ min: -2, max: 2 }), { maxLength: 3 }),
    isJson: true,
  },
  times: {
    type: (z) => z.array(z.datetime()),
    value: fc.array(time, { maxLength: 2 }),
    isJson: true,
    read: (all) => (all as Json[]).map(utc),
  },
  place: {
    type: (z) => z.object({ x: z.int(), note: z.optional(z.string()) }),
    value: fc.record({ x: fc.integer(), note: word }, { requiredKeys: ['x'] }),
    isJson: true,
  },
  anything: {
    type: (z) => z.json(),
    value: fc.jsonValue({ maxDepth: 2 }).map((value) => JSON.parse(JSON.stringify(value))),
    isJson: true,
  },
} as const satisfies Record<string, Kind>

export const kindOf = (name: string): Kind => {
  const kind: Kind | undefined = KINDS[name.replace(/\d+$/, '') as keyof typeof KINDS]
  if (kind === undefined) throw new TypeError(name)
  return kind
}

type Wrapper = 'required' | 'optional' | 'nullable' | 'default'

export type RandomItem = Record<string, Json>

/** A collection with some of these fields, and items of it by their ids. */
export interface RandomCollection {
  collection: Collection
  wrappers: Readonly<Record<string, Wrapper>>
  defaults: Readonly<Record<string, Json>>
  items: Map<string, RandomItem>
}

export const randomCollection: fc.Arbitrary<RandomCollection> = fc
  .subarray(Object.keys(KINDS), { minLength: 2, maxLength: 5 })
  .chain((names) =>
    fc.record({
      names: fc.constant(names),
      wrappers: fc.record(
        Object.fromEntries(
          names.map((name) => [
            name,
            fc.constantFrom<Wrapper>('required', 'optional', 'nullable', 'default'),
          ]),
        ),
      ),
      defaults: fc.record(Object.fromEntries(names.map((name) => [name, kindOf(name).value]))),
      items: fc.uniqueArray(
        fc.record({
          id: fc.constantFrom(...'abcdefgh', 'A', 'é', 'a b', '\u{1F600}'),
          values: fc.record(
            Object.fromEntries(
              names.map((name) => [name, fc.option(kindOf(name).value, { freq: 4 })]),
            ),
          ),
        }),
        { selector: ({ id }) => id, minLength: 1, maxLength: 8 },
      ),
    }),
  )
  .map(({ names, wrappers, defaults, items }) => {
    const sortable = names.filter((name) => !('isJson' in kindOf(name)))
    const collection: Collection = defineCollection({
      name: 'randoms',
      prefix: 'random:',
      access: { list: 'public', get: 'public', create: 'user', update: 'user', delete: 'user' },
      fields: (z: Zod) => ({
        // An item has a value at least.
        kept: z.string(),
        ...Object.fromEntries(
          names.map((name) => [
            name,
            wrapped(z, kindOf(name).type(z), wrappers[name], defaults[name]),
          ]),
        ),
      }),
      filter: names,
      sort: [
        ...sortable,
        ...(sortable.length > 1
          ? [`${sortable[0]},-${sortable[1]}`, `-${sortable[1]},${sortable[0]}`]
          : []),
      ],
    } as never)
    return {
      collection,
      wrappers: Object.fromEntries(names.map((name) => [name, wrappers[name] ?? 'required'])),
      defaults: Object.fromEntries(names.map((name) => [name, defaults[name] ?? null])),
      items: new Map(
        items.map(({ id, values }) => [id, written(names, values, wrappers, defaults)]),
      ),
    }
  })

function wrapped(
  z: Zod,
  type: Shape[string],
  wrapper: Wrapper | undefined,
  value: unknown,
): Shape[string] {
  switch (wrapper) {
    case 'optional':
      return z.optional(type)
    case 'nullable':
      return z.nullable(type)
    case 'default':
      return z.default(type as never, value as never)
    default:
      return type
  }
}

/** What is written of an item: nothing where nothing need be, null where it can be. */
function written(
  names: readonly string[],
  values: Readonly<Record<string, Json>>,
  wrappers: Readonly<Record<string, Wrapper>>,
  defaults: Readonly<Record<string, Json>>,
): RandomItem {
  const item: RandomItem = { kept: 'x' }
  for (const name of names) {
    const value = values[name] ?? null
    const wrapper = wrappers[name]
    if (value !== null) item[name] = value
    else if (wrapper === 'nullable') item[name] = null
    else if (wrapper === 'required') item[name] = defaults[name] ?? 'null'
  }
  return item
}
