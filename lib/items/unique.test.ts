import { expect, test } from '@playwright/test'
import { type CollectionRig, startCollectionRig } from '../../test/support/collections.ts'
import { type Collection, defineCollection } from '../collections/define.ts'
import { applyItems } from '../store/apply-items.ts'
import { keptIndexesOf } from './declaration.ts'
import { heal } from './heal.ts'
import { indexChanges } from './indexing.ts'
import { readerOf } from './item.ts'
import type { ItemCall } from './types.ts'
import { uniquesOf } from './unique.ts'
import { createItem, deleteItem, patchItem, replaceItem } from './write.ts'

const tomes: Collection = defineCollection({
  name: 'prints',
  prefix: 'print:',
  access: { list: 'public', get: 'public', create: 'user', update: 'user', delete: 'user' },
  fields: (z) => ({
    title: z.string(),
    isbn: z.optional(z.string()),
    price: z.nullable(z.decimal(2)),
  }),
  unique: ['isbn', 'price'],
})
const TAKEN = (field: string) => ({
  code: 'conflict',
  detail: `Another item has this ${field} already, and it is unique.`,
  errors: [{ pointer: `#/${field}`, message: 'is that of another item' }],
})

for (const kind of ['redis', 'embedded'] as const) {
  test.describe(`unique values on ${kind}`, () => {
    let rig: CollectionRig
    test.beforeAll(async () => {
      rig = await startCollectionRig(kind)
    })
    test.afterAll(async () => {
      await rig.settled()
      await rig.close()
    })

    type More = Omit<Partial<ItemCall<undefined>>, 'input'>
    const create = (input: object, more: More = {}) =>
      createItem.run(
        rig.call<unknown>(tomes, { title: 'x', price: null, ...input }, more),
        rig.deps,
      )
    const patch = (id: string, input: object) =>
      patchItem.run(rig.call<unknown>(tomes, input, { id }), rig.deps)
    const remove = (id: string) => deleteItem.run(rig.call(tomes, undefined, { id }), rig.deps)

    for (const way of ['a small keyspace', 'indexes'] as const) {
      test.describe(`with ${way}`, () => {
        test.beforeEach(async () => {
          await rig.settled()
          await rig.command('FLUSHALL')
          if (way === 'indexes') {
            await rig.fill()
            await heal(rig.store, { restMs: 0, collections: [tomes] })
          }
        })

        test('of fifty who write one value at a time one has it, and the others are told', async () => {
          const made = await Promise.all(
            Array.from({ length: 50 }, (_, index) => create({ id: `b${index}`, isbn: 'one' })),
          )
          expect(made.filter(({ ok }) => ok)).toHaveLength(1)
          for (const each of made.filter(({ ok }) => !ok)) expect(each).toMatchObject(TAKEN('isbn'))
          expect((await rig.command('KEYS', 'print:*')) as unknown[]).toHaveLength(1)
        })

        test('a value is its own item’s to keep, and free when it is given up', async () => {
          await create({ id: 'a', isbn: 'one', price: '10.50' })
          await create({ id: 'b', isbn: 'two' })
          expect(await patch('a', { title: 'y', isbn: 'one' })).toMatchObject({ ok: true })
          expect(await patch('b', { isbn: 'one' })).toMatchObject(TAKEN('isbn'))
          const replaced = { title: 'z', isbn: 'two', price: '10.5' }
          const replace = replaceItem.run(rig.call<unknown>(tomes, replaced, { id: 'b' }), rig.deps)
          expect(await replace).toMatchObject(TAKEN('price'))
          // Many may have none.
          expect(await create({ id: 'c' })).toMatchObject({ ok: true })
          expect(await create({ id: 'd' })).toMatchObject({ ok: true })
          expect(await patch('a', { isbn: null, price: null })).toMatchObject({ ok: true })
          expect(await patch('b', { isbn: 'one', price: '10.5' })).toMatchObject({ ok: true })
          expect(await create({ id: 'e', isbn: 'one' })).toMatchObject(TAKEN('isbn'))
          expect(await remove('b')).toMatchObject({ ok: true })
          expect(await create({ id: 'e', isbn: 'one' })).toMatchObject({ ok: true, status: 201 })
        })

        test('a hash that was changed or deleted by hand has its old value no more', async () => {
          await create({ id: 'a', isbn: 'one' })
          await create({ id: 'b', isbn: 'two' })
          await rig.command('HSET', 'print:a', 'isbn', 'three')
          await rig.command('DEL', 'print:b')
          expect(await create({ id: 'c', isbn: 'one' })).toMatchObject({ ok: true })
          expect(await create({ id: 'd', isbn: 'two' })).toMatchObject({ ok: true })
          expect(await create({ id: 'e', isbn: 'two' })).toMatchObject(TAKEN('isbn'))
        })

        test('a request that is sent again is answered as the first, and is not in its own way', async () => {
          const conditions = { ifMatch: null, ifNoneMatch: null, idempotencyKey: 'k' }
          const answers = await Promise.all(
            Array.from({ length: 5 }, () => create({ isbn: 'one' }, { conditions })),
          )
          answers.push(await create({ isbn: 'one' }, { conditions }))
          expect(new Set(answers.map((each) => JSON.stringify(each))).size).toBe(1)
          expect(answers[0]).toMatchObject({ ok: true, status: 201 })
        })
      })
    }

    test('a hash that somebody has typed is seen: at once in a small keyspace, and once it is found beyond', async () => {
      await rig.command('FLUSHALL')
      await rig.command('HSET', 'print:typed', 'title', 'x', 'isbn', 'one')
      expect(await create({ id: 'a', isbn: 'one' })).toMatchObject(TAKEN('isbn'))
      await rig.fill()
      const background = (): void => undefined
      expect(await create({ id: 'a', isbn: 'one' }, { background })).toMatchObject({
        code: 'service-unavailable',
        retryAfterSeconds: expect.any(Number),
      })
      // What needs no index is written all along.
      expect(await create({ id: 'b' }, { background })).toMatchObject({ ok: true })
      await heal(rig.store, { restMs: 0, collections: [tomes] })
      expect(await create({ id: 'a', isbn: 'one' })).toMatchObject(TAKEN('isbn'))
      expect(await create({ id: 'a', isbn: 'two' })).toMatchObject({ ok: true })
    })

    test('nothing is written while the index of a unique value is being built', async () => {
      await rig.command('FLUSHALL')
      const { names } = readerOf(tomes)
      const stored = names.map((name) => (name === 'price' ? undefined : 'x'))
      const change = {
        key: 'print:a',
        verb: 'set' as const,
        expected: names.map(() => undefined),
        next: stored,
        indexes: indexChanges(tomes, 'a', undefined, stored),
        uniques: uniquesOf(tomes, 'a', undefined, stored),
      }
      const kept = keptIndexesOf(tomes)
      expect(await applyItems(rig.store(), kept, [change])).toEqual({ outcomes: ['unguarded'] })
      expect(await rig.command('EXISTS', 'print:a')).toBe(0)
      expect(await applyItems(rig.store(), kept, [change], { guarded: false })).toEqual({
        outcomes: ['made'],
      })
    })

    test('a unique text is in its index whole: a longer one is refused', async () => {
      await rig.command('FLUSHALL')
      const long = 'x'.repeat(199)
      expect(await create({ id: 'a', isbn: `${long}a` })).toMatchObject({ ok: true })
      expect(await create({ id: 'b', isbn: `${long}b` })).toMatchObject({ ok: true })
      expect(await create({ id: 'c', isbn: `${long}ab` })).toMatchObject({
        code: 'validation-error',
        errors: [{ pointer: '#/isbn', message: /200 characters/ }],
      })
    })
  })
}
