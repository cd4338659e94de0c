import { expect, test } from '@playwright/test'
import { type CollectionRig, startCollectionRig } from '../../test/support/collections.ts'
import { type Collection, defineCollection } from '../collections/define.ts'
import type { Result } from '../contract/problems.ts'
import { getItem } from './get.ts'
import { heal } from './heal.ts'
import { listItems } from './list.ts'
import type { Page } from './page.ts'
import { sweep } from './repair.ts'
import type { ItemCall } from './types.ts'
import { createItem, deleteItem, patchItem, replaceItem } from './write.ts'

const notes = defineCollection({
  name: 'notes',
  prefix: 'note:',
  access: { list: 'public', get: 'public', create: 'user', update: 'owner', delete: 'owner' },
  fields: (z) => ({
    text: z.optional(z.string()),
    rank: z.optional(z.number()),
    good: z.optional(z.boolean()),
    ['__proto__']: z.optional(z.string()),
    owner: z.string(),
    createdAt: z.string(),
  }),
  stamps: ['owner', 'createdAt'],
  filter: ['text', 'rank', 'owner'],
  sort: ['text', 'rank', '-rank,text'],
  search: ['text'],
})
/** With few indexes: an engine in this process copies a sorted set at each change. */
const many = defineCollection({
  name: 'many',
  prefix: 'many:',
  access: { list: 'public', get: 'public', create: 'user', update: 'user', delete: 'user' },
  fields: (z) => ({ rank: z.optional(z.number()) }),
  sort: ['rank'],
})
const ME = { accountId: 'u_me0123456789abcdef', userId: 'me@home.org' }
const YOU = { accountId: 'u_you123456789abcdef', userId: 'you@home.org' }
const NONE = { ifMatch: null, ifNoneMatch: null, idempotencyKey: null }

for (const kind of ['redis', 'embedded'] as const) {
  test.describe(`writing collections on ${kind}`, () => {
    let rig: CollectionRig
    test.beforeAll(async () => {
      rig = await startCollectionRig(kind)
    })
    test.afterAll(() => rig.close())
    test.beforeEach(async () => void (await rig.command('FLUSHALL')))

    type More = Omit<Partial<ItemCall<undefined>>, 'input'>
    const create = (input: unknown, more: More = {}) =>
      createItem.run(rig.call<unknown>(notes, input, more), rig.deps)
    const replace = (id: string, input: unknown, more: More = {}) =>
      replaceItem.run(rig.call<unknown>(notes, input, { id, ...more }), rig.deps)
    const patch = (id: string, input: unknown, more: More = {}) =>
      patchItem.run(rig.call<unknown>(notes, input, { id, ...more }), rig.deps)
    const remove = (id: string, more: More = {}) =>
      deleteItem.run(rig.call(notes, undefined, { id, ...more }), rig.deps)
    const get = (id: string) => getItem.run(rig.call(notes, {}, { id }), rig.deps)
    const list = async (
      input: Record<string, string>,
      collection: Collection = notes,
    ): Promise<Page> => {
      const page = await listItems.run(rig.call(collection, input), rig.deps)
      if (!page.ok) throw new Error(JSON.stringify(page))
      return page.value
    }
    const tagOf = (result: Result<unknown, never> | { ok: boolean }): string =>
      String((result as { headers?: Record<string, string> }).headers?.['ETag'])

    test('an item is made, replaced, changed and deleted, and every index says so', async () => {
      await rig.fill(notes)
      const made = await create({ id: 'one', text: 'Of mice', rank: 3 })
      expect(made).toMatchObject({
        ok: true,
        status: 201,
        headers: { Location: '/api/notes/one', ETag: expect.stringMatching(/^"[\w-]{22}"$/) },
        value: { id: 'one', text: 'Of mice', rank: 3, owner: ME.accountId },
      })
      await create({ id: 'two', text: 'Of men', rank: 1 })
      const find = async (input: Record<string, string>) =>
        (await list(input)).data.map(({ id }) => id)
      expect(await find({ sort: 'rank' })).toEqual(['two', 'one'])
      expect(await find({ q: 'mic' })).toEqual(['one'])

      expect(await patch('one', { rank: 0, text: null })).toMatchObject({ ok: true })
      expect(await find({ sort: 'rank' })).toEqual(['one', 'two'])
      expect(await find({ q: 'mic' })).toEqual([])
      expect(await find({ 'rank[lt]': '1' })).toEqual(['one'])

      const replaced = await replace('two', { good: true })
      expect(replaced).toMatchObject({ ok: true, value: { id: 'two', good: true } })
      expect((replaced as { value: object }).value).not.toHaveProperty('rank')
      expect(await find({ sort: 'rank' })).toEqual(['one', 'two'])
      expect(await find({ text: 'Of men' })).toEqual([])

      expect(await replace('three', { text: 'new' })).toMatchObject({ ok: true, status: 201 })
      expect(await remove('one')).toMatchObject({ ok: true })
      expect(await find({})).toEqual(['three', 'two'])
      expect(await remove('one')).toMatchObject({ ok: false, code: 'not-found' })
      await remove('two')
      await remove('three')
      expect(await rig.command('KEYS', 'index:notes*')).toEqual([])
      // What says that they are whole.
      const words = (await rig.command('ZRANGE', 'words:notes', '0', '-1')) as unknown[]
      expect(words.map(String)).toEqual([''])
    })

    test('values come back as they were sent', async () => {
      const texts = [
        '12345',
        'true',
        'null',
        '',
        '9007199254740993',
        '\u0000',
        '\u{1F600}é',
        '\ufeffx',
      ]
      for (const [index, text] of texts.entries()) {
        const fields = JSON.parse(
          `{"text":${JSON.stringify(text)},"__proto__":${JSON.stringify(text)}}`,
        )
        const made = await create({ id: `v${index}`, ...fields, ['__proto__']: undefined })
        expect(made).toMatchObject({ ok: true, value: { text } })
        const own = await patch(`v${index}`, fields)
        const read = await get(`v${index}`)
        for (const each of [own, read]) {
          if (!each.ok) throw new Error(JSON.stringify(each))
          expect(Object.getOwnPropertyDescriptor(each.value, '__proto__')?.value).toBe(text)
          expect(each.value['text']).toBe(text)
        }
      }
      for (const rank of [0, -1.5, 1e21, 5e-324, 9007199254740991]) {
        expect(await replace('number', { rank })).toMatchObject({ ok: true, value: { rank } })
        expect(await get('number')).toMatchObject({ ok: true, value: { rank } })
      }
    })

    test('422 names each fault, and nothing is written', async () => {
      const faulty: [unknown, string[]][] = [
        [[], ['#']],
        ['text', ['#']],
        [{}, ['#']],
        [{ id: 'only' }, ['#']],
        [{ text: 1 }, ['#/text']],
        [{ text: 'a', owner: 'you@home.org' }, ['#/owner']],
        [{ text: 'a', createdAt: 'x' }, ['#/createdAt']],
        [{ text: 'a', level: 9, more: 1 }, ['#/level', '#/more']],
        [{ text: '\ud800' }, ['#/text']],
        [{ id: '..', text: 'a' }, ['#/id']],
        [{ id: '', text: 'a' }, ['#/id']],
        [{ id: 7, text: 'a' }, ['#/id']],
        [{ id: 'note:a', text: 'a' }, ['#/id']],
        [{ id: 'x'.repeat(257), text: 'a' }, ['#/id']],
        [JSON.parse('{"text":"a","constructor":{}}'), ['#/constructor']],
      ]
      for (const [body, pointers] of faulty) {
        const answer = await create(body)
        expect(answer).toMatchObject({ ok: false, code: 'validation-error' })
        expect(answer.ok ? [] : answer.errors?.map(({ pointer }) => pointer)).toEqual(pointers)
      }
      await create({ id: 'kept', text: 'a' })
      expect(await replace('kept', { id: 'other', text: 'b' })).toMatchObject({ ok: false })
      expect(await patch('kept', { text: null })).toMatchObject({ code: 'validation-error' })
      expect(await patch('kept', [])).toMatchObject({ code: 'validation-error' })
      for (const name of ['nope', 'owner'])
        expect(await patch('kept', { [name]: null })).toMatchObject({ code: 'validation-error' })
      await rig.command('SET', 'note:taken', 'no hash')
      expect(await replace('taken', { text: 'a' })).toMatchObject({ code: 'conflict' })
      expect(await replace('note:a', { text: 'a' })).toMatchObject({ ok: true, value: { id: 'a' } })
      await rig.command('DEL', 'note:taken', 'note:a')
      expect(await get('kept')).toMatchObject({ value: { text: 'a' } })
      expect((await rig.command('KEYS', 'note:*')) as unknown[]).toHaveLength(1)
    })

    test('ten parallel creations under one id make one; ten parallel changes all happen', async () => {
      const made = await Promise.all(
        Array.from({ length: 10 }, (_, rank) => create({ id: 'one', rank })),
      )
      expect(made.filter(({ ok }) => ok)).toHaveLength(1)
      expect(made.filter((each) => !each.ok && each.code === 'conflict')).toHaveLength(9)
      const changed = await Promise.all([
        patch('one', { text: 'a' }),
        patch('one', { good: true }),
        patch('one', { rank: 42 }),
        ...Array.from({ length: 7 }, () => patch('one', { rank: 42 })),
      ])
      expect(changed.every(({ ok }) => ok)).toBe(true)
      expect(await get('one')).toMatchObject({ value: { text: 'a', good: true, rank: 42 } })
    })

    test('If-Match and If-None-Match decide; a stale version is 412', async () => {
      const first = tagOf(await create({ id: 'one', text: 'a' }))
      const when = (more: object): More => ({ conditions: { ...NONE, ...more } })
      const second = await patch('one', { text: 'b' }, when({ ifMatch: `"x", ${first}` }))
      expect(second).toMatchObject({ ok: true })
      const stale = when({ ifMatch: first })
      for (const answer of [
        await patch('one', { text: 'c' }, stale),
        await replace('one', { text: 'c' }, stale),
        await remove('one', stale),
        await replace('one', { text: 'c' }, when({ ifNoneMatch: '*' })),
        await replace('absent', { text: 'c' }, when({ ifMatch: '*' })),
        await patch('one', { text: 'c' }, when({ ifMatch: `W/${tagOf(second)}` })),
        await patch('one', { text: 'c' }, when({ ifNoneMatch: `W/${tagOf(second)}` })),
        await remove('one', when({ ifNoneMatch: `"x", W/${tagOf(second)}` })),
      ])
        expect(answer).toMatchObject({ ok: false, code: 'precondition-failed' })
      expect(await replace('new', { text: 'c' }, when({ ifNoneMatch: '*' }))).toMatchObject({
        status: 201,
      })
      expect(await get('one')).toMatchObject({ value: { text: 'b' } })
      expect(tagOf(await get('one'))).toBe(tagOf(second))
    })

    test('an Idempotency-Key makes one item of ten parallel requests, and answers each alike', async () => {
      const more: More = { conditions: { ...NONE, idempotencyKey: 'abc-1' } }
      const answers = await Promise.all(
        Array.from({ length: 10 }, () => create({ text: 'a' }, more)),
      )
      expect(new Set(answers.map((each) => JSON.stringify(each))).size).toBe(1)
      expect(answers[0]).toMatchObject({ ok: true, status: 201 })
      expect((await rig.command('KEYS', 'note:*')) as unknown[]).toHaveLength(1)
      expect(await create({ text: 'b' }, more)).toMatchObject({ code: 'validation-error' })
      const another = await create({ text: 'a' }, { ...more, principal: YOU })
      expect(another).toMatchObject({ ok: true, value: { owner: YOU.accountId } })
      const bad = { conditions: { ...NONE, idempotencyKey: 'with space' } }
      expect(await create({ text: 'a' }, bad)).toMatchObject({ code: 'invalid-request' })
      for (const key of (await rig.command('KEYS', 'idempotency:*')) as Buffer[])
        expect(Number(await rig.command('PTTL', String(key)))).toBeGreaterThan(86_000_000)
    })

    test('only the owner and an admin change what is theirs; its stamps stay', async () => {
      const made = await create({ id: 'mine', text: 'a' })
      const createdAt = made.ok ? made.value['createdAt'] : undefined
      const stranger: More = { principal: YOU }
      for (const answer of [
        await patch('mine', { text: 'b' }, stranger),
        await replace('mine', { text: 'b' }, stranger),
        await remove('mine', stranger),
        await patch('mine', { text: 'b' }, { ...stranger, level: () => 5 }),
      ])
        expect(answer).toMatchObject({ ok: false, code: 'not-found' })
      const admin = await replace('mine', { text: 'c' }, { ...stranger, level: () => 9 })
      expect(admin).toMatchObject({
        ok: true,
        value: { text: 'c', owner: ME.accountId, createdAt },
      })
      expect(await remove('mine', { ...stranger, level: () => 9 })).toMatchObject({ ok: true })
    })

    test('what was typed by hand is mended and not destroyed; what cannot be read stays', async () => {
      const typed = ['text', 'hi', 'rank', 'no number', 'owner', 'me@home.org']
      await rig.command('HSET', 'note:hand', ...typed, 'createdAt', '2026-01-01T00:00:00.000Z')
      await rig.command('HSET', 'note:half', 'text', 'hi', 'owner', 'me@home.org')
      expect(await patch('hand', { text: 'ho' })).toMatchObject({ ok: true, value: { text: 'ho' } })
      expect(await rig.command('HGET', 'note:hand', 'rank')).toEqual(Buffer.from('no number'))
      // Without what the server sets it is no item; to make it one is an admin's, or its owner's.
      expect(await get('half')).toMatchObject({ ok: false })
      const stranger: More = { principal: YOU }
      expect(await replace('half', { text: 'x' }, stranger)).toMatchObject({ code: 'not-found' })
      expect(await patch('half', { text: 'x' })).toMatchObject({ code: 'validation-error' })
      const admin: More = { ...stranger, level: () => 9 }
      expect(await replace('half', { text: 'x' }, admin)).toMatchObject({
        value: { text: 'x', owner: 'u_0000000000000000', createdAt: expect.any(String) },
      })
      // An item that was read can be put back as it is.
      const { value } = (await get('half')) as { value: Record<string, unknown> }
      expect(await replace('half', value)).toMatchObject({ ok: true })
      expect(await replace('half', { ...value, owner: 'you@home.org' })).toMatchObject({
        ok: false,
      })

      const latin = Buffer.from('Andr\xe9', 'latin1')
      const words = ['HSET', 'note:latin', 'text', latin, 'owner', 'me@home.org', 'createdAt', 'x']
      await rig.engine.call(words.map((word) => Buffer.from(word as string)))
      expect(await patch('latin', { rank: 1 })).toMatchObject({ ok: true })
      expect(await remove('latin')).toMatchObject({ ok: true })
    })

    test('a field changed by hand takes its item to its place, once, as soon as a list meets it', async () => {
      for (const [index, id] of ['a', 'b', 'c'].entries()) await create({ id, rank: index })
      await rig.fill(notes)
      await rig.command('HSET', 'note:a', 'rank', '9')
      const ranks = async (): Promise<unknown[]> => {
        const { data } = await list({ sort: 'rank' })
        await rig.settled()
        return data.map(({ id, rank }) => `${id}${rank}`)
      }
      expect(await ranks()).toEqual(['b1', 'c2'])
      expect(await ranks()).toEqual(['b1', 'c2', 'a9'])
      expect(Number(await rig.command('ZCARD', 'index:notes:rank'))).toBe(3)
      // Without a list: the operator's command.
      await rig.command('HSET', 'note:b', 'rank', '5', 'text', 'words')
      await heal(rig.store, { restMs: 0, again: true, collections: [notes] })
      // Four old members of b, and one of a in an order that no list has met.
      expect(await sweep(rig.store, notes)).toBe(5)
      // One healer at a time says that it did nothing; one that was cut off is no reason to begin late.
      await rig.command('SET', 'healer', 'another', 'PX', '60000')
      const again = { restMs: 0, again: true, collections: [notes] }
      expect(await heal(rig.store, again)).toMatchObject({ indexed: 0, finished: false })
      await rig.command('DEL', 'healer')
      await rig.command('HSET', 'healed', 'cursor', '1')
      expect(await heal(rig.store, again)).toMatchObject({ indexed: 3, finished: true })
      expect(await ranks()).toEqual(['c2', 'b5', 'a9'])
      expect((await list({ q: 'word' })).data).toMatchObject([{ id: 'b' }])
    })

    test('hashes that are no items end no list before its end', async () => {
      for (let index = 0; index < 30; index++) await create({ id: `n${index + 10}`, rank: index })
      for (const id of ['a', 'b', 'n15 and a half'])
        await rig.command('HSET', `note:${id}`, 'text', 'nobody’s')
      for (const [filled, query] of [
        [false, {}],
        [false, { sort: '-rank' }],
        [true, {}],
        [true, { sort: '-rank' }],
      ] as const) {
        if (filled) {
          await rig.fill(notes)
          await heal(rig.store, { restMs: 0, collections: [notes] })
        }
        const seen: string[] = []
        for (let cursor: string | null = ''; cursor !== null; ) {
          const page: Page = await list({ ...query, limit: '4', ...(cursor ? { cursor } : {}) })
          seen.push(...page.data.map(({ id }) => id))
          cursor = page.nextCursor
        }
        expect(new Set(seen).size).toBe(30)
        expect(seen).toHaveLength(30)
      }
    })

    test('healing goes past what is too large for one call, and takes out what is no item', async () => {
      await rig.fill(notes)
      const stamps = ['owner', 'x', 'createdAt', 'x']
      for (let index = 0; index < 150; index++) {
        const text = 'g'.repeat(index < 75 ? 120_000 : 10)
        await rig.command('HSET', `note:giant ${index}`, 'text', text, ...stamps)
      }
      await heal(rig.store, { restMs: 0, collections: [notes] })
      expect(Number(await rig.command('ZCARD', 'index:notes:id'))).toBe(150)
      const sorted = await list({ sort: '-rank,text', limit: '100' })
      expect(sorted.nextCursor?.length).toBeLessThan(2_000)
      await rig.command('DEL', 'note:giant 80', 'note:giant 81')
      await rig.command('SET', 'note:giant 81', 'no hash')
      // A list that meets them has them taken out, also where a filter named them.
      expect((await list({ text: 'g'.repeat(10), limit: '100' })).data).toHaveLength(73)
      await rig.settled()
      expect(Number(await rig.command('ZCARD', 'index:notes:text'))).toBe(148)
      await heal(rig.store, { restMs: 0, collections: [notes] })
      expect(Number(await rig.command('ZCARD', 'index:notes:id'))).toBe(148)
    })

    test('an index key of another type refuses a write, and nothing is half-written', async () => {
      await create({ id: 'one', text: 'a' })
      await rig.command('DEL', 'index:notes:text')
      await rig.command('SET', 'index:notes:text', 'x')
      await expect(patch('one', { text: 'b' })).rejects.toThrow()
      expect(await get('one')).toMatchObject({ value: { text: 'a' } })
    })

    test('every stable item once, while a thousand come and a thousand go', async () => {
      test.setTimeout(900_000)
      const ids = Array.from(
        { length: 3_000 },
        (_, index) => `item ${String(index).padStart(5, '0')}`,
      )
      for (let start = 0; start < ids.length; start += 500) {
        for (const id of ids.slice(start, start + 500))
          await rig.command('HSET', `many:${id}`, ...fields(id))
      }
      await heal(rig.store, { restMs: 0, collections: [many] })
      const passing = Array.from(
        { length: 1_000 },
        (_, index) => `item ${String(index * 3).padStart(5, '0')}x`,
      )
      const going = ids.filter((_, index) => index % 3 === 0)
      const stable = ids.filter((_, index) => index % 3 !== 0)
      let round = 0
      const churn = async (): Promise<void> => {
        for (const [index, id] of passing.entries()) {
          await create({ id, rank: 0 }, { collection: many })
          await remove(going[index] ?? '', { collection: many })
          while (round * 100 < index && round < 10)
            await new Promise((resolve) => setImmediate(resolve))
        }
      }
      const pages = async (): Promise<void> => {
        for (round = 0; round < 10; round++) {
          const seen = new Map<string, number>()
          const query: Record<string, string> =
            round % 2 === 0 ? { limit: '100' } : { limit: '100', sort: '-rank' }
          for (let cursor: string | null = ''; cursor !== null; ) {
            const page: Page = await list({ ...query, ...(cursor === '' ? {} : { cursor }) }, many)
            for (const { id } of page.data) seen.set(id, (seen.get(id) ?? 0) + 1)
            cursor = page.nextCursor
          }
          const wrong = stable.filter((id) => seen.get(id) !== 1)
          if (wrong.length > 0)
            throw new Error(`round ${round}: ${wrong.slice(0, 5)} and ${wrong.length} in all`)
        }
      }
      await Promise.all([churn(), pages()])
      expect((await list({ count: 'exact', limit: '1' }, many)).count).toBe(3_000)
      await rig.settled()
    })
  })
}

/** A stored item; the rank puts items into another order than their ids. */
function fields(id: string): string[] {
  const rank = String((Number(id.slice(5)) * 7_919) % 3_001)
  return ['rank', rank]
}
