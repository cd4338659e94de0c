import { expect, test } from '@playwright/test'
import fc from 'fast-check'
import { type CollectionRig, startCollectionRig } from '../../test/support/collections.ts'
import { defineCollection } from '../collections/define.ts'
import type { Result } from '../contract/problems.ts'
import { heal } from './heal.ts'
import { listItems } from './list.ts'
import type { Page } from './page.ts'

const things = defineCollection({
  name: 'stars',
  prefix: 'star:',
  access: { list: 'public', get: 'public', create: 'user', update: 'owner', delete: 'owner' },
  fields: (z) => ({
    title: z.optional(z.string()),
    rank: z.optional(z.number()),
    good: z.optional(z.boolean()),
    hub: z.default(z.boolean(), false),
    owner: z.optional(z.string()),
    note: z.optional(z.string()),
  }),
  stamps: ['owner'],
  filter: ['title', 'rank', 'good', 'hub'],
  sort: ['title', 'rank', 'hub', '-rank,title', 'title,-rank'],
  search: ['title', 'id'],
})

type Stored = Record<string, string>

function given(input: Record<string, string | undefined>): Record<string, string> {
  return Object.fromEntries(
    Object.entries(input).flatMap(([name, text]) => (text === undefined ? [] : [[name, text]])),
  )
}

for (const kind of ['redis', 'embedded'] as const) {
  test.describe(`collections on ${kind}`, () => {
    let rig: CollectionRig
    test.beforeAll(async () => {
      rig = await startCollectionRig(kind)
    })
    test.afterAll(() => rig.close())

    function value<found>(result: Result<found, never> | { ok: boolean; value?: found }): found {
      if (!result.ok || result.value === undefined) throw new Error(JSON.stringify(result))
      return result.value
    }

    const list = async (input: Record<string, string | undefined>): Promise<Page> =>
      value(await listItems.run(rig.call(things, given(input)), rig.deps))

    /** Every page of a list, one after the other. */
    async function all(
      input: Record<string, string | undefined>,
      limit: number,
    ): Promise<Page['data']> {
      const items: Page['data'] = []
      let cursor: Record<string, string> = {}
      for (;;) {
        const page = await list({ ...input, limit: String(limit), ...cursor })
        items.push(...page.data)
        if (page.nextCursor === null) return items
        cursor = { cursor: page.nextCursor }
      }
    }

    test('a text of just the length that an index keeps hides no longer one', async () => {
      await rig.command('FLUSHALL')
      const kept = 'l'.repeat(200)
      for (const [id, title] of Object.entries({ same: kept, longer: `${kept}b`, other: 'a' })) {
        await rig.command('HSET', `star:${id}`, 'title', title)
      }
      await rig.fill()
      await heal(rig.store, { restMs: 0, collections: [things] })
      const ids = async (input: Record<string, string>) =>
        (await list(input)).data.map(({ id }) => id)
      expect(await ids({ 'title[gt]': kept, sort: 'title' })).toEqual(['longer'])
      expect(await ids({ 'title[ne]': kept })).toEqual(['longer', 'other'])
      expect((await list({ title: kept, count: 'exact' })).count).toBe(1)
    })

    test('any query, of a keyspace that SCAN serves and of one that indexes serve, is what a model says', async () => {
      test.setTimeout(900_000)
      const id = fc
        .string({ unit: 'binary', minLength: 1, maxLength: 4 })
        .filter(
          (each) => each.isWellFormed() && !each.includes('\ufffd') && !/^\.{1,2}$/.test(each),
        )
      const word = fc.constantFrom(
        '',
        'a',
        'A',
        'é',
        'e',
        '黒澤',
        '\u{1F600}',
        '\uffff',
        'a\u0000',
        // As long as an index keeps, and longer, with a tail that decides.
        `${'l'.repeat(300)}a`,
        `${'l'.repeat(300)}b`,
        // Just as long: longer ones have the same there.
        'l'.repeat(200),
        '\u0001',
        'ab cd',
        'abc',
      )
      const rank = fc.constantFrom(
        '0',
        '-1',
        '7',
        '10',
        '1e300',
        '-2.5',
        '1e-7',
        '1e-310',
        '-1e-310',
        '0.1',
        'no number',
      )
      const item = fc
        .record(
          {
            title: word,
            rank,
            good: fc.constantFrom('true', 'false', 'maybe'),
            hub: fc.constantFrom('true', 'false', 'maybe'),
            note: fc.constantFrom('', 'n'.repeat(12_000)),
          },
          { requiredKeys: [] },
        )
        .filter((each) => Object.keys(each).length > 0)
      const items = fc.uniqueArray(fc.tuple(id, item), {
        selector: ([each]) => each,
        maxLength: 25,
      })
      const now = <value>(weight: number, arbitrary: fc.Arbitrary<value>) =>
        fc.oneof({ weight: 10 - weight, arbitrary: fc.constant(undefined) }, { weight, arbitrary })
      const query = fc.record({
        sort: now(
          8,
          fc.constantFrom(
            'id',
            '-id',
            'title',
            '-title',
            'rank',
            '-rank',
            '-rank,title',
            'rank,-title',
            'title,-rank',
            '-title,rank',
            'hub',
            '-hub',
          ),
        ),
        title: now(1, word),
        'title[gte]': now(2, word),
        rank: now(1, fc.constantFrom('7', '1e300', '0')),
        'rank[gt]': now(2, fc.constantFrom('0', '-1', '7')),
        'rank[lte]': now(2, fc.constantFrom('0', '-1', '7', '10')),
        good: now(2, fc.constantFrom('true', 'false')),
        hub: now(2, fc.constantFrom('true', 'false')),
        q: now(1, fc.constantFrom('a', 'ab', 'e', 'c', 'a c')),
        limit: fc.integer({ min: 1, max: 12 }),
      })
      await fc.assert(
        fc.asyncProperty(
          items,
          fc.array(query, { minLength: 3, maxLength: 3 }),
          async (rows, queries) => {
            await rig.command('FLUSHALL')
            for (const [name, fields] of rows) {
              await rig.command('HSET', `star:${name}`, ...Object.entries(fields).flat())
            }
            const expected = queries.map(({ limit: _, ...asked }) =>
              model(rows as [string, Stored][], asked),
            )
            for (const [index, { limit, ...asked }] of queries.entries()) {
              const got = (await all(asked, limit)).map(({ id }) => id)
              if (JSON.stringify(got) !== JSON.stringify(expected[index]))
                throw new Error(`small: ${JSON.stringify([got, expected[index]])}`)
            }
            await rig.fill()
            await heal(rig.store, { restMs: 0, collections: [things] })
            for (const [index, { limit, ...asked }] of queries.entries()) {
              const got = (await all(asked, limit)).map(({ id }) => id)
              if (JSON.stringify(got) !== JSON.stringify(expected[index]))
                throw new Error(`indexed: ${JSON.stringify([got, expected[index]])}`)
            }
          },
        ),
        { numRuns: 100 },
      )
    })
  })
}

/** What a query means, said another way. */
function model(rows: readonly [string, Stored][], asked: Record<string, unknown>): string[] {
  const bytes = (a: string, b: string): number => Buffer.compare(Buffer.from(a), Buffer.from(b))
  const items = rows.map(([id, stored]) => ({
    id,
    title: stored['title'],
    rank:
      stored['rank'] === undefined || stored['rank'] === 'no number'
        ? undefined
        : Number(stored['rank']),
    good: stored['good'] === 'maybe' ? undefined : stored['good'],
    hub: stored['hub'] === 'maybe' ? undefined : (stored['hub'] ?? 'false'),
  }))
  const words = (text: string): string[] =>
    text
      .normalize('NFKD')
      .replace(/\p{M}/gu, '')
      .toLowerCase()
      .split(/[^\p{L}\p{N}]+/u)
  const kept = items.filter(({ id, title, rank, good, hub }) => {
    const is = (name: string): string | undefined => asked[name] as string | undefined
    const tests: boolean[] = []
    if (is('title') !== undefined) tests.push(title === is('title'))
    if (is('title[gte]') !== undefined)
      tests.push(title !== undefined && bytes(title, is('title[gte]') ?? '') >= 0)
    if (is('rank') !== undefined) tests.push(rank === Number(is('rank')))
    if (is('rank[gt]') !== undefined)
      tests.push(rank !== undefined && rank > Number(is('rank[gt]')))
    if (is('rank[lte]') !== undefined)
      tests.push(rank !== undefined && rank <= Number(is('rank[lte]')))
    if (is('good') !== undefined) tests.push(good === is('good'))
    if (is('hub') !== undefined) tests.push(hub === is('hub'))
    for (const word of (is('q') ?? '').split(' ').filter((each) => each !== '')) {
      tests.push([...words(title ?? ''), ...words(id)].some((each) => each.startsWith(word)))
    }
    return tests.every((each) => each)
  })
  const sort = (asked['sort'] as string | undefined) ?? 'id'
  const reversed = sort.startsWith('-')
  const parts = sort
    .split(',')
    .map((part) => ({ field: part.replace('-', ''), down: part.startsWith('-') !== reversed }))
  kept.sort((a, b) => {
    for (const { field, down } of parts) {
      const [x, y] = [a, b].map(
        (each) => (each as Record<string, string | number | undefined>)[field],
      )
      const order =
        x === undefined || y === undefined
          ? Number(x === undefined) - Number(y === undefined)
          : typeof x === 'number' && typeof y === 'number'
            ? x - y
            : // An index keeps 200 characters; the ids decide the rest.
              bytes(String(x).slice(0, 200), String(y).slice(0, 200))
      if (order !== 0) return down ? -order : order
    }
    return bytes(a.id, b.id)
  })
  const ids = kept.map(({ id }) => id)
  return reversed ? ids.reverse() : ids
}
