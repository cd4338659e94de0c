import { expect, test } from '@playwright/test'
import { type Collection, defineCollection } from '../lib/collections/define.ts'
import { type OwnStore, startStore } from '../test/support/store.ts'
import { type ImportReport, importRows, type Mode } from './import.ts'
import { connectForLoading } from './load.ts'
import type { Reject } from './rows.ts'

const prints: Collection = defineCollection({
  name: 'prints',
  prefix: 'print:',
  access: { list: 'public', get: 'public', create: 'user', update: 'user', delete: 'user' },
  fields: (z) => ({ title: z.string(), isbn: z.optional(z.string()) }),
  unique: ['isbn'],
})

const sheets: Collection = defineCollection({
  name: 'sheets',
  prefix: 'sheet:',
  access: prints.access,
  fields: (z) => ({ title: z.string(), isbn: z.optional(z.string()) }),
})

for (const kind of ['redis', 'embedded'] as const) {
  test.describe(`loading into ${kind}`, () => {
    let store: OwnStore
    test.beforeAll(async () => {
      store = await startStore(kind)
    })
    test.afterAll(() => store.stop())
    test.beforeEach(async () => void (await store.command('FLUSHALL')))

    const load = async (
      rows: readonly [id: string, isbn?: string][],
      mode: Mode = 'update',
      collection = prints,
    ): Promise<ImportReport & { rejects: Reject[] }> => {
      const rejects: Reject[] = []
      const report = await importRows({
        redis: connectForLoading(store),
        collection,
        rows: rows.map(([id, isbn = null]) => ({ id, title: id, isbn })),
        mode,
        onReject: (reject) => void rejects.push(reject),
      })
      return { ...report, rejects }
    }
    const read = async (...words: string[]): Promise<string> =>
      String(await store.command(...words))
    const isbnOf = (id: string): Promise<string> => read('HGET', `print:${id}`, 'isbn')

    test('an item that no index has is seen: left alone, protected or loaded over, as is asked', async () => {
      await load([['a']], 'update', sheets)
      await store.command('HSET', 'sheet:typed', 'title', 'by hand')
      await store.command('SET', 'sheet:other', 'no hash')
      const rows: [string][] = [['typed'], ['b'], ['other']]
      expect(await load(rows, 'add', sheets)).toMatchObject({
        written: 1,
        unchanged: 1,
        rejects: [{ row: 3, reason: 'its key holds something that is no hash' }],
      })
      expect(await load(rows, 'protect', sheets)).toMatchObject({
        written: 0,
        unchanged: 1,
        rejected: 2,
      })
      expect(await read('HGET', 'sheet:typed', 'title')).toBe('by hand')
      expect(await load(rows, 'update', sheets)).toMatchObject({ written: 1, unchanged: 1 })
      expect(await read('HGET', 'sheet:typed', 'title')).toBe('typed')
    })

    test('a value that another item has is a reject that names it, also one that was typed by hand', async () => {
      await store.command('HSET', 'print:typed', 'title', 'x', 'isbn', 'one')
      const report = await load([['a', 'one'], ['b', 'two'], ['c', 'two'], ['d']])
      expect(report).toMatchObject({ written: 2, unchanged: 0 })
      expect(report.rejects).toMatchObject([
        {
          row: 3,
          reason: 'isbn: is unique, and a row before has it',
          detail: 'row 2 has it first',
        },
        { row: 1, reason: 'isbn: is unique, and another item has it', detail: '"typed"' },
      ])
      // Again: nothing changes, and the same is said.
      expect(await load([['b', 'two'], ['d'], ['a', 'one']])).toMatchObject({
        written: 0,
        unchanged: 2,
        rejects: [{ row: 3 }],
      })
    })

    test('a value that a later row gives up is free for an earlier one', async () => {
      await load([
        ['a', 'one'],
        ['b', 'two'],
        ['c', 'three'],
      ])
      // Rows in the order in which each is in the way of the one before.
      const report = await load([
        ['a', 'two'],
        ['b', 'three'],
        ['c', 'four'],
      ])
      expect(report).toMatchObject({ written: 3, unchanged: 0, rejects: [] })
      expect([await isbnOf('a'), await isbnOf('b'), await isbnOf('c')]).toEqual([
        'two',
        'three',
        'four',
      ])
    })
  })
}
