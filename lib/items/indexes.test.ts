import { expect, test } from '@playwright/test'
import { type CollectionRig, startCollectionRig } from '../../test/support/collections.ts'
import { type Collection, defineCollection } from '../collections/define.ts'
import type { Store } from '../store/client/store.ts'
import { beginHealing, claimIndexes } from '../store/indexes.ts'
import { APPLY_ITEMS } from '../store/scripts/apply.ts'
import { keptIndexesOf, versionOf } from './declaration.ts'
import { heal } from './heal.ts'
import { listItems } from './list.ts'
import { createItem, deleteItem, patchItem } from './write.ts'

const NOTES = {
  name: 'notes',
  prefix: 'note:',
  access: { list: 'public', get: 'public', create: 'user', update: 'user', delete: 'user' },
  fields: (z) => ({
    text: z.optional(z.string()),
    rank: z.optional(z.int()),
    good: z.default(z.boolean(), false),
  }),
  filter: ['text'],
  search: ['text'],
} as const satisfies Collection
/** Three versions of one collection. */
const notes: Collection = defineCollection(NOTES)
const filtered: Collection = defineCollection({ ...NOTES, filter: ['text', 'good', 'rank'] })
const turned: Collection = defineCollection({
  ...NOTES,
  filter: ['text', 'good', 'rank'],
  fields: (z) => ({ ...NOTES.fields(z), good: z.default(z.boolean(), true) }),
})

test('a fingerprint follows from what decides about members, and from nothing else', () => {
  const print = (collection: Collection, key: string): string | undefined =>
    keptIndexesOf(collection).fingerprints.get(key)
  const change = (more: Partial<Collection>): Collection => ({ ...filtered, ...more })
  const good = print(filtered, 'index:notes:good')
  expect(good).toMatch(/^[0-9a-f]{8}$/)
  expect(print(change({}), 'index:notes:good')).toBe(good)
  expect(print(turned, 'index:notes:good')).not.toBe(good)
  expect(print(turned, 'index:notes:rank')).toBe(print(filtered, 'index:notes:rank'))
  expect(print(turned, 'words:notes')).toBe(print(filtered, 'words:notes'))
  expect(print(change({ search: ['id'] }), 'words:notes')).not.toBe(print(filtered, 'words:notes'))
  const others: Partial<Collection>[] = [
    { fields: (z) => ({ ...NOTES.fields(z), rank: z.optional(z.number()) }) },
    { fields: (z) => ({ ...NOTES.fields(z), rank: z.int() }) },
    { fields: (z) => ({ ...NOTES.fields(z), rank: z.int().check(z.minimum(1)) }) },
    { fields: (z) => ({ ...NOTES.fields(z), rank: z.int().check(z.minimum(2)) }) },
    { fields: (z) => ({ ...NOTES.fields(z), rank: z.string().check(z.regex(/^a/)) }) },
    { fields: (z) => ({ ...NOTES.fields(z), rank: z.string().check(z.regex(/^a/i)) }) },
    { fields: (z) => ({ ...NOTES.fields(z), rank: z.enum(['1', '2']) }) },
    { fields: (z) => ({ ...NOTES.fields(z), rank: z.enum(['1', '2', '3']) }) },
    { prefix: 'others:' },
    {},
  ]
  const prints = others.map((more) => print(change(more), 'index:notes:rank'))
  expect(new Set(prints).size).toBe(others.length)
  expect(versionOf([filtered])).not.toBe(versionOf([turned]))
})

for (const kind of ['redis', 'embedded'] as const) {
  test.describe(`indexes on ${kind}`, () => {
    let rig: CollectionRig
    test.beforeAll(async () => {
      rig = await startCollectionRig(kind)
    })
    test.afterAll(() => rig.close())
    test.beforeEach(async () => {
      await rig.command('FLUSHALL')
      for (let index = 0; index < 300; index++) {
        const words = ['text', `word ${index}`, 'rank', String(index % 10)]
        await rig.command('HSET', `note:${index}`, ...words)
      }
      for (const id of ['7', '70', '170']) await rig.command('HSET', `note:${id}`, 'good', 'true')
      await rig.fill()
    })

    /** Healing that a list begins is of the registry's collections: here the tests begin it. */
    const background = (): void => undefined
    const ask = (collection: Collection, input: Record<string, string>) =>
      listItems.run(rig.call(collection, input, { background }), rig.deps)
    const ids = async (collection: Collection, input: Record<string, string>) => {
      const page = await ask(collection, { limit: '100', ...input })
      if (!page.ok) throw new Error(JSON.stringify(page))
      return page.value.data.map(({ id }) => id)
    }
    const build = (collection: Collection, more: object = {}) =>
      heal(rig.store, { restMs: 0, collections: [collection], ...more })
    const GOOD = { good: 'true' }
    /** A claim of some time ago. */
    const age = async (key: string): Promise<void> => {
      const state = String(await rig.command('HGET', 'indexed:notes', key))
      const older = state.replace(/:(\d+):/, (_, since) => `:${since - 61_000}:`)
      await rig.command('HSET', 'indexed:notes', key, older)
    }

    test('a query of an index that is not whole is 503, never an answer that lacks items', async () => {
      for (const query of [{}, GOOD, { q: 'word' }, { sort: '-id' }]) {
        expect(await ask(filtered, query)).toMatchObject({
          code: 'service-unavailable',
          detail: expect.stringMatching(/is being built: (index|words):notes/),
          retryAfterSeconds: expect.any(Number),
        })
      }
      expect(await build(notes)).toMatchObject({ indexed: 300, finished: true })
      expect(await ids(notes, { q: 'word 299' })).toEqual(['299'])
      // A filter that is declared for loaded data; what needs it not is answered all along.
      expect(await ask(filtered, GOOD)).toMatchObject({ code: 'service-unavailable' })
      expect(await ids(filtered, { text: 'word 9' })).toEqual(['9'])
      expect(await build(filtered)).toMatchObject({
        built: ['index:notes:good', 'index:notes:rank'],
        finished: true,
      })
      expect(await ids(filtered, GOOD)).toEqual(['170', '7', '70'])
      expect(await ids(filtered, { good: 'false', rank: '0' })).toHaveLength(28)
    })

    test('in a small keyspace the hashes answer, whatever the indexes are worth', async () => {
      const fillers = Array.from({ length: 2_100 }, (_, index) => `filler:${index}`)
      await rig.command('DEL', ...fillers)
      expect(await ids(filtered, GOOD)).toEqual(['170', '7', '70'])
      expect(await ids(filtered, { q: 'word 29' })).toHaveLength(11)
    })

    test('what is written while an index is built is in it, and what goes is not', async () => {
      let page = 0
      const meanwhile = async (): Promise<void> => {
        for (const id of ['1', '101', '201', '299'])
          await patchItem.run(rig.call<unknown>(filtered, { good: true }, { id }), rig.deps)
        for (const id of ['2', '7', '202'])
          await deleteItem.run(rig.call(filtered, undefined, { id }), rig.deps)
        await createItem.run(rig.call<unknown>(filtered, { id: 'new', good: true }), rig.deps)
      }
      const writing: Promise<void>[] = []
      const onBuild = (): void => void writing.push(meanwhile())
      const onProgress = (): void =>
        void writing.push(page++ === 0 ? meanwhile() : Promise.resolve())
      await build(filtered, { onBuild, onProgress })
      await Promise.all(writing)
      expect(await ids(filtered, { ...GOOD, sort: 'id' })).toEqual([
        '1',
        '101',
        '170',
        '201',
        '299',
        '70',
        'new',
      ])
      expect(Number(await rig.command('ZCARD', 'index:notes:good'))).toBe(298)
      expect(Number(await rig.command('ZCARD', 'index:notes:id'))).toBe(298)
    })

    test('an item that is changed between its being read and its being indexed is read again', async () => {
      let changes = 0
      /** Before what was read is written, somebody else changes an item that was among it. */
      const meddled = (): Store => {
        const own = rig.store()
        const write: Store['write'] = async (script, ...more) => {
          const overtaken = script === APPLY_ITEMS && changes < 3
          if (overtaken) {
            const input = { text: `change ${changes++}` }
            await patchItem.run(rig.call<unknown>(filtered, input, { id: '7' }), rig.deps)
          }
          return own.write(script, ...more)
        }
        return Object.assign(Object.create(own), { read: own.read.bind(own), write })
      }
      await heal(meddled, { restMs: 0, collections: [filtered] })
      expect(changes).toBe(3)
      expect(await ids(filtered, GOOD)).toEqual(['170', '7', '70'])
      expect(await ids(filtered, { text: 'change 2' })).toEqual(['7'])
    })

    test('two versions side by side take an index from each other once a minute at most', async () => {
      await build(filtered)
      await age('index:notes:good')
      expect(await ids(filtered, { good: 'true' })).toHaveLength(3)
      expect(await ask(turned, { good: 'false' })).toMatchObject({ code: 'service-unavailable' })
      expect(await build(turned)).toMatchObject({ built: ['index:notes:good'] })
      expect(await ids(turned, { good: 'false' })).toEqual([])
      for (let tries = 0; tries < 3; tries++) {
        expect(await ask(filtered, GOOD)).toMatchObject({ code: 'service-unavailable' })
        expect(await build(filtered)).toMatchObject({ built: [], indexed: 0 })
        expect(await ids(turned, { good: 'false' })).toEqual([])
      }
      expect(await ids(filtered, { rank: '3' })).toHaveLength(30)
      await age('index:notes:good')
      expect(await build(filtered)).toMatchObject({ built: ['index:notes:good'] })
      expect(await ids(filtered, GOOD)).toEqual(['170', '7', '70'])
      // Who says so does not wait.
      expect(await build(turned, { again: true })).toMatchObject({ built: ['index:notes:good'] })
    })

    test('a write of a version that does not keep an index ends its being whole', async () => {
      await build(filtered)
      await patchItem.run(rig.call<unknown>(notes, { good: true }, { id: '5' }), rig.deps)
      expect(await ask(filtered, GOOD)).toMatchObject({ code: 'service-unavailable' })
      await build(filtered)
      expect(await ids(filtered, GOOD)).toEqual(['170', '5', '7', '70'])
      await createItem.run(rig.call<unknown>(notes, { id: 'old', rank: 3, good: true }), rig.deps)
      for (const query of [GOOD, { rank: '3' }])
        expect(await ask(filtered, query)).toMatchObject({ code: 'service-unavailable' })
      // Also while it is being built; and what that version does not know it does not build.
      const writing: Promise<unknown>[] = []
      const onBuild = (): void => {
        const input = { id: 'older', good: true }
        writing.push(createItem.run(rig.call<unknown>(notes, input), rig.deps))
      }
      const onProgress = (): void => void writing.push(Promise.resolve())
      const first = await build(filtered, { onBuild, onProgress })
      await Promise.all(writing)
      if (first.built.length > 0) await build(filtered)
      expect(await build(notes)).toMatchObject({ built: [] })
      await build(filtered)
      expect(await ids(filtered, GOOD)).toEqual(['170', '5', '7', '70', 'old', 'older'])
      expect(await ids(filtered, { rank: '3' })).toHaveLength(31)
    })

    test('an index that was lost is built again', async () => {
      await build(filtered)
      await rig.command('DEL', 'index:notes:rank')
      expect(await ask(filtered, { rank: '3' })).toMatchObject({ code: 'service-unavailable' })
      await build(filtered)
      expect(await ids(filtered, { rank: '3' })).toHaveLength(30)
    })

    test('words that were lost are 503, whatever was written since, and built again; having none is whole', async () => {
      await build(notes)
      await rig.command('DEL', 'words:notes')
      await createItem.run(rig.call<unknown>(notes, { id: 'new', text: 'word' }), rig.deps)
      expect(await ask(notes, { q: 'word 299' })).toMatchObject({ code: 'service-unavailable' })
      expect(await build(notes)).toMatchObject({ built: ['words:notes'] })
      expect(await ids(notes, { q: 'word 299' })).toEqual(['299'])
      await rig.command('FLUSHALL')
      await rig.fill()
      await rig.command('HSET', 'note:without', 'text', '…')
      await build(notes)
      expect(await ids(notes, { q: 'word' })).toEqual([])
      expect(await build(notes)).toMatchObject({ built: [], indexed: 0 })
    })

    test('ids that were lost are 503, and all is built again with them', async () => {
      await build(filtered)
      await rig.command('DEL', 'index:notes:id', 'note:299')
      expect(await ask(filtered, {})).toMatchObject({ code: 'service-unavailable' })
      const all = [...keptIndexesOf(filtered).fingerprints.keys()]
      expect(await build(filtered)).toMatchObject({ built: all, indexed: 299 })
      expect(await ids(filtered, {})).toHaveLength(100)
      expect(await rig.command('ZCARD', 'index:notes:rank')).toBe(299)
    })

    test('who goes on with a healing that was cut off builds what it began, and nothing half', async () => {
      // Cut off after its first step: the next begins there, and what lies before is indexed.
      const kept = keptIndexesOf(filtered)
      await beginHealing(rig.store(), 'cut off', 0, versionOf([filtered]))
      await claimIndexes(rig.store(), kept, 60_000)
      await rig.command('DEL', 'healer')
      await rig.command('HSET', 'healed', 'cursor', '0')
      expect(await build(filtered)).toMatchObject({ indexed: 300, finished: true })
      expect(await ids(filtered, { rank: '3' })).toHaveLength(30)

      // Another version does not go on with it: it did not index what this one does.
      await rig.command('DEL', 'indexed:notes')
      await beginHealing(rig.store(), 'cut off', 0, versionOf([notes]))
      await claimIndexes(rig.store(), keptIndexesOf(notes), 60_000)
      await rig.command('DEL', 'healer')
      await rig.command('HSET', 'healed', 'cursor', '4294967295')
      expect(await build(filtered)).toMatchObject({ indexed: 300, finished: true })
      expect(await ids(filtered, { rank: '3' })).toHaveLength(30)
    })
  })
}
