import { expect, test } from '@playwright/test'
import { type CollectionRig, startCollectionRig } from '../../test/support/collections.ts'
import { type Collection, defineCollection } from '../collections/define.ts'
import { batchItems } from './batch.ts'
import { getItem } from './get.ts'
import { heal } from './heal.ts'
import { listItems } from './list.ts'

const notes: Collection = defineCollection({
  name: 'notes',
  prefix: 'note:',
  access: { list: 'public', get: 'public', create: 'user', update: 'owner', delete: 'owner' },
  fields: (z) => ({
    text: z.string(),
    code: z.optional(z.string()),
    owner: z.string(),
    updatedAt: z.datetime(),
  }),
  stamps: ['owner', 'updatedAt'],
  filter: ['text'],
  unique: ['code'],
})

for (const kind of ['redis', 'embedded'] as const) {
  test.describe(`batches on ${kind}`, () => {
    let rig: CollectionRig
    test.beforeAll(async () => {
      rig = await startCollectionRig(kind)
    })
    test.afterAll(async () => {
      await rig.settled()
      await rig.close()
    })
    test.beforeEach(async () => {
      await rig.settled()
      await rig.command('FLUSHALL')
    })

    const send = (acts: unknown, more: object = {}) =>
      batchItems.run(rig.call<unknown>(notes, { acts }, more), rig.deps)
    const results = async (acts: unknown, more: object = {}) => {
      const answer = await send(acts, more)
      if (!answer.ok) throw new Error(JSON.stringify(answer))
      return answer.value.results
    }
    const create = (id: string, item: object = {}) => ({
      op: 'create',
      item: { id, text: 'x', ...item },
    })
    const update = (id: string, patch: object) => ({ op: 'update', id, patch })

    test('each act is answered by itself, in order, and those behind see what those before have done', async () => {
      await rig.command('HSET', 'note:theirs', 'text', 'x', 'owner', 'u_another0123456789')
      const found = await results([
        create('a', { code: '1' }),
        create('a'),
        update('a', { text: 'y' }),
        { op: 'create', item: { text: 'made up' } },
        create('b', { code: '1' }),
        update('none', { text: 'y' }),
        update('theirs', { text: 'y' }),
        update('a', { text: 1 }),
        update('a', { code: null }),
        create('c', { code: '1' }),
        { op: 'delete', id: 'note:c' },
        create('c', { code: '1' }),
        { op: 'delete', id: 'a' },
        { op: 'delete', id: 'a' },
      ])
      expect(found.map(({ status }) => status)).toEqual([
        ...[201, 409, 200, 201, 409, 404, 404, 422, 200, 201, 204, 201, 204, 404],
      ])
      expect(found[2]).toMatchObject({ item: { id: 'a', text: 'y', code: '1' } })
      expect(found[3]).toMatchObject({ item: { id: expect.any(String), text: 'made up' } })
      expect(found[4]).toMatchObject({
        problem: { type: '/problems/conflict', errors: [{ pointer: '#/code' }] },
      })
      expect(found[7]).toMatchObject({
        problem: { type: '/problems/validation-error', errors: [{ pointer: '#/text' }] },
      })
      expect(found[10]).toEqual({ status: 204 })
      const c = await getItem.run(rig.call(notes, {}, { id: 'c' }), rig.deps)
      expect(c).toMatchObject({ ok: true, value: { code: '1' } })
      expect((await rig.command('KEYS', 'note:*')) as unknown[]).toHaveLength(3)
    })

    test('a hundred acts of different items are a few trips, and every index has them', async () => {
      await rig.fill()
      await heal(rig.store, { restMs: 0, collections: [notes] })
      rig.sent.length = 0
      const acts = Array.from({ length: 100 }, (_, index) =>
        create(`n${index}`, { code: `c${index % 90}` }),
      )
      const found = await results(acts)
      // The first of a value has it, also within one call.
      expect(found.filter(({ status }) => status === 201)).toHaveLength(90)
      expect(found.slice(90).map(({ status }) => status)).toEqual(Array(10).fill(409))
      expect(rig.sent.filter((name) => name === 'EVAL')).toHaveLength(1)
      const again = await results(
        Array.from({ length: 90 }, (_, index) => update(`n${index}`, { text: 'z' })),
      )
      expect(new Set(again.map(({ status }) => status))).toEqual(new Set([200]))
      const page = await listItems.run(
        rig.call(notes, { text: 'z', count: 'exact', limit: '1' }),
        rig.deps,
      )
      expect(page).toMatchObject({ ok: true, value: { count: 90 } })
    })

    test('what is no list of acts is refused whole, with the places', async () => {
      for (const [acts, pointers] of [
        [undefined, ['#/acts']],
        ['x', ['#/acts']],
        [[], ['#/acts']],
        [Array(101).fill(create('a')), ['#/acts']],
        [[7, create('a')], ['#/acts/0']],
        [[{ op: 'replace', id: 'a' }], ['#/acts/0/op']],
        [[{ id: 'a' }], ['#/acts/0/op']],
        [[create('a'), { op: 'update', id: 7, patch: {} }], ['#/acts/1/id']],
        [[{ op: 'delete' }], ['#/acts/0/id']],
        [[{ op: 'delete', id: 'a', patch: {}, more: 1 }], ['#/acts/0/patch', '#/acts/0/more']],
        [[{ op: 'create', id: 'a' }], ['#/acts/0/item', '#/acts/0/id']],
      ] as const) {
        const answer = await send(acts)
        expect(answer).toMatchObject({ ok: false, code: 'validation-error' })
        expect(answer.ok ? [] : answer.errors?.map(({ pointer }) => pointer)).toEqual(pointers)
      }
      expect(await rig.command('KEYS', 'note:*')).toEqual([])
      const whole = batchItems.run(
        rig.call<unknown>(notes, { acts: [create('a')], dryRun: true }),
        rig.deps,
      )
      expect(await whole).toMatchObject({ errors: [{ pointer: '#/dryRun' }] })
    })

    test('ten acts count as one change; who may do none is refused, and who may do some is for the others', async () => {
      const counted: number[] = []
      const countMore = async (many: number): Promise<undefined> => void counted.push(many)
      for (const count of [1, 10, 11, 20, 21, 100]) {
        await send(
          Array.from({ length: count }, () => ({ op: 'delete', id: 'x' })),
          { countMore },
        )
      }
      expect(counted).toEqual([1, 1, 2, 9])
      const denied = { ok: false, code: 'quota-exceeded', reason: 'x' }
      const many = Array.from({ length: 11 }, (_, index) => create(`n${index}`))
      expect(await send(many, { countMore: async () => denied })).toBe(denied)
      const may = (action: string): boolean => action === 'create'
      expect(await send([update('a', { text: 'y' })], { may })).toMatchObject({
        code: 'insufficient-scope',
      })
      expect(await results([update('a', { text: 'y' }), create('a')], { may })).toMatchObject([
        { status: 403, problem: { type: '/problems/insufficient-scope' } },
        { status: 201 },
      ])
      expect((await rig.command('KEYS', 'note:*')) as unknown[]).toHaveLength(1)
    })

    test('a change of somebody else in between is seen', async () => {
      const acts = Array.from({ length: 20 }, (_, index) => create(`n${index}`))
      await results(acts)
      const [one, other] = await Promise.all([
        results(acts.map(({ item }) => update(item.id, { text: 'one' }))),
        results(acts.map(({ item }) => update(item.id, { code: `c-${item.id}` }))),
      ])
      expect(new Set([...one, ...other].map(({ status }) => status))).toEqual(new Set([200]))
      for (const { item } of acts) {
        const read = await getItem.run(rig.call(notes, {}, { id: item.id }), rig.deps)
        expect(read).toMatchObject({ value: { text: 'one', code: `c-${item.id}` } })
      }
    })
  })
}
