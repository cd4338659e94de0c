import { test } from '@playwright/test'
import fc from 'fast-check'
import { findColumns, PLAIN_COLUMNS } from '../../seed/columns.ts'
import { csvRows } from '../../seed/csv.ts'
import { ndjsonRows } from '../../seed/json.ts'
import { Sieve } from '../../seed/sift.ts'
import { type CollectionRig, startCollectionRig } from '../../test/support/collections.ts'
import {
  bytes,
  kindOf,
  type RandomCollection,
  type RandomItem,
  randomCollection,
} from '../../test/support/random-collections.ts'
import type { Collection } from '../collections/define.ts'
import type { Json } from '../collections/schema.ts'
import { getItem } from './get.ts'
import { heal } from './heal.ts'
import { readerOf } from './item.ts'
import { listItems } from './list.ts'
import type { Page } from './page.ts'
import { createItem, patchItem, replaceItem } from './write.ts'

/** How many random collections; `PROPERTY_RUNS=2000` tries as many as that. */
const RUNS = Number(process.env['PROPERTY_RUNS'] ?? 25)

type Way = 'create' | 'replace' | 'patch' | 'ndjson' | 'csv'
type Query = Record<string, string | string[]>

/** One query, with numbers that choose its fields and values among those that there are. */
interface Asked {
  order: number
  filters: readonly { field: number; way: number; from: readonly number[] }[]
  limit: number
}
const asked: fc.Arbitrary<Asked> = fc.record({
  order: fc.nat(30),
  filters: fc.array(
    fc.record({
      field: fc.nat(30),
      way: fc.nat(30),
      from: fc.array(fc.nat(30), { minLength: 1, maxLength: 2 }),
    }),
    { maxLength: 2 },
  ),
  limit: fc.integer({ min: 1, max: 5 }),
})

for (const kind of ['redis', 'embedded'] as const) {
  test.describe(`random collections on ${kind}`, () => {
    let rig: CollectionRig
    test.beforeAll(async () => {
      rig = await startCollectionRig(kind)
    })
    test.afterAll(async () => {
      await rig.settled()
      await rig.close()
    })

    test('what is written reads back equal, and filters and orders say what a model says', async () => {
      test.setTimeout(120_000 + RUNS * 5_000)
      await fc.assert(
        fc.asyncProperty(
          randomCollection,
          fc.constantFrom<Way>('create', 'replace', 'patch', 'ndjson', 'csv'),
          fc.array(asked, { minLength: 3, maxLength: 3 }),
          async (random, drawn, queries) => {
            // CSV has no empty texts: an empty cell is no value.
            const isEmpty = [...random.items.values()].some((item) =>
              Object.values(item).includes(''),
            )
            const way = drawn === 'csv' && isEmpty ? 'ndjson' : drawn
            await rig.settled()
            await rig.command('FLUSHALL')
            await write(random, way)
            const items = new Map([...random.items].map(([id, item]) => [id, seen(random, item)]))
            for (const [id, item] of items) {
              same(await read(random.collection, id), { id, ...item }, `${way} ${id}`)
            }
            await ask(random, items, queries, 'small')
            await rig.fill()
            await heal(rig.store, { restMs: 0, collections: [random.collection] })
            await ask(random, items, queries, 'indexed')
          },
        ),
        { numRuns: RUNS },
      )
    })

    async function read(collection: Collection, id: string): Promise<unknown> {
      const found = await getItem.run(rig.call(collection, {}, { id }), rig.deps)
      return found.ok ? found.value : found
    }

    async function write({ collection, items }: RandomCollection, way: Way): Promise<void> {
      if (way === 'ndjson' || way === 'csv') return load(collection, items, way)
      for (const [id, item] of items) {
        const call = rig.call<unknown>(collection, item, { id })
        const made =
          way === 'create'
            ? await createItem.run({ ...call, input: { id, ...item } }, rig.deps)
            : await replaceItem.run(call, rig.deps)
        if (!made.ok) throw new Error(JSON.stringify([item, made]))
        // A patch of every field says what the item is; in JSON a null takes a member away (RFC 7396).
        const { anything: _, ...patch } = item
        const again =
          way === 'patch' ? await patchItem.run({ ...call, input: patch }, rig.deps) : made
        if (!again.ok) throw new Error(JSON.stringify([item, again]))
      }
    }

    /** As the importer reads a file, and stores its records. */
    async function load(
      collection: Collection,
      items: ReadonlyMap<string, RandomItem>,
      way: 'ndjson' | 'csv',
    ): Promise<void> {
      const rows = [...items].map(([id, item]) => ({ id, ...item }))
      const text =
        way === 'csv' ? csvOf(collection, rows) : rows.map((row) => JSON.stringify(row)).join('\n')
      const found = [...(way === 'csv' ? csvRows(text) : ndjsonRows(text))]
      const there = new Set(found.flatMap((each) => ('row' in each ? Object.keys(each.row) : [])))
      const sieve = new Sieve(collection, findColumns(collection, there, PLAIN_COLUMNS))
      const { names } = readerOf(collection)
      for (const [at, each] of found.entries()) {
        const entry = sieve.sift(each, at + 1)
        if ('reason' in entry) throw new Error(JSON.stringify([text, entry]))
        const { id, stored } = entry
        const fields = names.flatMap((name, at) =>
          stored[at] === undefined ? [] : [name, stored[at]],
        )
        await rig.command('HSET', `random:${id}`, ...(fields as string[]))
      }
    }

    async function ask(
      random: RandomCollection,
      items: ReadonlyMap<string, RandomItem>,
      queries: readonly Asked[],
      where: string,
    ): Promise<void> {
      for (const each of queries) {
        const { query, expected } = modelled(random, items, each)
        const got = await all(random.collection, query, each.limit)
        same(got, expected, `${where} ${JSON.stringify(query)}`)
        const counted = await page(random.collection, { ...query, count: 'exact', limit: '1' })
        same(counted.count, expected.length, `${where} count of ${JSON.stringify(query)}`)
      }
    }

    async function page(collection: Collection, query: Query): Promise<Page> {
      const found = await listItems.run(rig.call(collection, query), rig.deps)
      if (!found.ok) throw new Error(JSON.stringify([query, found]))
      return found.value
    }

    async function all(collection: Collection, query: Query, limit: number): Promise<string[]> {
      const ids: string[] = []
      let cursor: Query = {}
      for (;;) {
        const { data, nextCursor } = await page(collection, {
          ...query,
          ...cursor,
          limit: `${limit}`,
        })
        ids.push(...data.map(({ id }) => id))
        if (nextCursor === null) return ids
        cursor = { cursor: nextCursor }
      }
    }
  })
}

function same(got: unknown, expected: unknown, about: string): void {
  const sorted = (value: unknown): unknown =>
    typeof value !== 'object' || value === null || Array.isArray(value)
      ? value
      : Object.fromEntries(Object.entries(value).sort(([a], [b]) => bytes(a, b)))
  const [one, other] = [JSON.stringify(sorted(got)), JSON.stringify(sorted(expected))]
  if (one !== other) throw new Error(`${about}:\n${one}, and it should be\n${other}`)
}

/** An item as it is read: times in UTC, the default where nothing was written, null where null can be. */
function seen({ wrappers, defaults }: RandomCollection, item: RandomItem): RandomItem {
  const shown: RandomItem = { kept: 'x' }
  for (const [name, wrapper] of Object.entries(wrappers)) {
    const { read = (value: Json) => value } = kindOf(name)
    const value = item[name]
    if (value !== undefined) shown[name] = value === null ? null : read(value)
    else if (wrapper === 'default') shown[name] = read(defaults[name] ?? null)
  }
  return shown
}

/** A file of CSV: JSON where a field is kept as JSON. An empty text has none, and null neither. */
function csvOf(collection: Collection, rows: readonly RandomItem[]): string {
  const names = ['id', ...readerOf(collection).names]
  const cell = (name: string, value: Json | undefined): string => {
    if (value === undefined || value === null) return ''
    const isJson = name !== 'id' && name !== 'kept' && 'isJson' in kindOf(name)
    const text = isJson ? JSON.stringify(value) : String(value)
    return `"${text.replaceAll('"', '""')}"`
  }
  return [names, ...rows.map((row) => names.map((name) => cell(name, row[name])))]
    .map((cells) => cells.join(','))
    .join('\n')
}

/** A query that the numbers stand for, and the ids that it means, said in another way than the product does. */
function modelled(
  { collection, wrappers }: RandomCollection,
  items: ReadonlyMap<string, RandomItem>,
  { order, filters }: Asked,
): { query: Query; expected: string[] } {
  const pick = <value>(from: readonly value[], at: number): value => {
    const found = from[at % from.length]
    if (found === undefined) throw new TypeError('nothing to pick')
    return found
  }
  const query: Query = {}
  const tests: ((item: RandomItem) => boolean)[] = []
  for (const { field, way, from } of filters) {
    const name = pick(Object.keys(wrappers), field)
    const kind = kindOf(name)
    const { compare = (a: Json, b: Json) => (a === b ? 0 : Number.NaN) } = kind
    const valuesOf = (value: Json | undefined): Json[] =>
      value === undefined || value === null ? [] : ([value].flat() as Json[])
    const there = [...items.values()].flatMap((item) => valuesOf(item[name]))
    const isPlain = name !== 'place' && name !== 'anything'
    const isOrdered = kind.compare !== undefined
    const isText = ['text', 'choice', 'link', 'reference', 'words'].includes(name)
    const ways = [
      'exists',
      ...(isPlain && there.length > 0 ? ['eq', 'ne', ...(isText ? ['ci'] : [])] : []),
      ...(isOrdered && there.length > 0 ? ['gt', 'gte', 'lt', 'lte'] : []),
    ]
    const chosen = pick(ways, way)
    const key = chosen === 'eq' ? name : `${name}[${chosen}]`
    if (query[key] !== undefined) continue
    if (chosen === 'exists') {
      const wants = from[0] !== undefined && from[0] % 2 === 0
      query[key] = String(wants)
      tests.push((item) => (item[name] !== undefined && item[name] !== null) === wants)
      continue
    }
    const several = chosen === 'eq' || chosen === 'ne' || chosen === 'ci'
    const values = from.slice(0, several ? 2 : 1).map((at) => pick(there, at))
    const spelt =
      chosen === 'ci' ? values.map((value) => String(value).toUpperCase()) : values.map(String)
    query[key] = spelt.length === 1 ? (spelt[0] ?? '') : spelt
    const fold = (value: Json): string => String(value).toUpperCase().toLowerCase()
    const has = (item: RandomItem, test: (own: Json, value: Json) => boolean): boolean =>
      valuesOf(item[name]).some((own) => values.some((value) => test(own, value)))
    const order: Record<string, (item: RandomItem) => boolean> = {
      eq: (item) => has(item, (own, value) => compare(own, value) === 0),
      ne: (item) => !has(item, (own, value) => compare(own, value) === 0),
      ci: (item) => has(item, (own, value) => fold(own) === fold(value)),
      gt: (item) => has(item, (own, value) => compare(own, value) > 0),
      gte: (item) => has(item, (own, value) => compare(own, value) >= 0),
      lt: (item) => has(item, (own, value) => compare(own, value) < 0),
      lte: (item) => has(item, (own, value) => compare(own, value) <= 0),
    }
    tests.push(order[chosen] ?? (() => false))
  }
  const orders = ['id', '-id', ...(collection.sort ?? []).flatMap((each) => [each, turned(each)])]
  const sort = pick(orders, order)
  query['sort'] = sort
  const kept = [...items].filter(([, item]) => tests.every((test) => test(item)))
  const reversed = sort.startsWith('-')
  const parts = sort.split(',').map((part) => {
    const name = part.replace('-', '')
    return { name, descends: part.startsWith('-') !== reversed }
  })
  kept.sort(([idA, a], [idB, b]) => {
    for (const { name, descends } of parts) {
      if (name === 'id') continue
      const [x, y] = [a[name] ?? null, b[name] ?? null]
      const { compare = bytes } = kindOf(name)
      const first =
        x === null || y === null ? Number(x === null) - Number(y === null) : compare(x, y)
      if (first !== 0) return descends ? -first : first
    }
    return bytes(idA, idB)
  })
  const expected = kept.map(([id]) => id)
  return { query, expected: reversed ? expected.reverse() : expected }
}

function turned(order: string): string {
  return order
    .split(',')
    .map((part) => (part.startsWith('-') ? part.slice(1) : `-${part}`))
    .join(',')
}
