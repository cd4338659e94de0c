import { createHash } from 'node:crypto'
import { expect, test } from '@playwright/test'
import { type CollectionRig, startCollectionRig } from '../../test/support/collections.ts'
import { type Collection, defineCollection } from '../collections/define.ts'
import { keptIndexesOf } from './declaration.ts'
import { getItem } from './get.ts'
import { heal } from './heal.ts'
import { listItems } from './list.ts'
import type { Page } from './page.ts'
import { patchItem } from './write.ts'

const NOTES = {
  name: 'notes',
  prefix: 'note:',
  access: { list: 'public', get: 'public', create: 'user', update: 'owner', delete: 'owner' },
  fields: (z) => ({ text: z.string(), owner: z.string() }),
  stamps: ['owner'],
  filter: ['text', 'owner'],
  sort: ['owner', 'text,-owner'],
  search: ['text', 'owner'],
} as const satisfies Collection
const notes: Collection = defineCollection(NOTES)

const ADDRESS = 'secret.person@home.org'
const HIDDEN = 'u_0000000000000000'
const OPAQUE = 'u_abcdefghij0123456789'

test('the fingerprint of an index that has an owner says how owners are written there', () => {
  const { stamps: _, ...unstamped } = NOTES
  const before = keptIndexesOf(unstamped).fingerprints
  const changed = [...keptIndexesOf(notes).fingerprints]
    .filter(([key, print]) => before.get(key) !== print)
    .map(([key]) => key)
  expect(changed.sort()).toEqual(['index:notes:owner', 'index:notes:text,-owner', 'words:notes'])
})

for (const way of ['a small keyspace', 'indexes'] as const) {
  test.describe(`the address of an owner from before, with ${way}`, () => {
    let rig: CollectionRig
    test.beforeAll(async () => {
      rig = await startCollectionRig('embedded')
      for (const [id, owner] of [
        ['old', ADDRESS],
        ['older', 'another.person@home.org'],
        ['oldest', 'zoe.person@home.org'],
        ['new', OPAQUE],
      ] as const) {
        await rig.command('HSET', `note:${id}`, 'text', 'a text', 'owner', owner)
      }
      if (way === 'indexes') {
        await rig.fill()
        await heal(rig.store, { restMs: 0, again: true, collections: [notes] })
      }
    })
    test.afterAll(() => rig.close())

    const list = async (input: Record<string, string>): Promise<Page> => {
      const found = await listItems.run(rig.call(notes, input), rig.deps)
      if (!found.ok) throw new Error(JSON.stringify(found))
      return found.value
    }
    const ids = async (input: Record<string, string>): Promise<string[]> =>
      (await list(input)).data.map(({ id }) => id)

    test('is found by no filter, range or word: the stand-in is', async () => {
      expect(await ids({ owner: ADDRESS })).toEqual([])
      expect(await ids({ 'owner[gte]': 'secret', 'owner[lt]': 'u' })).toEqual([])
      expect(await ids({ text: 'a text', 'owner[gt]': 'a', 'owner[lt]': 'u' })).toEqual([])
      expect(await ids({ q: 'secret' })).toEqual([])
      expect(await ids({ owner: HIDDEN })).toEqual(['old', 'older', 'oldest'])
      expect(await ids({ q: HIDDEN.slice(2) })).toEqual(['old', 'older', 'oldest'])
      expect(await ids({ owner: OPAQUE })).toEqual(['new'])
      expect(await list({ owner: HIDDEN, count: 'exact' })).toMatchObject({ count: 3 })
    })

    test('decides about no order, and is in no cursor', async () => {
      expect(await ids({ sort: 'owner' })).toEqual(['old', 'older', 'oldest', 'new'])
      expect(await ids({ sort: 'text,-owner' })).toEqual(['new', 'old', 'older', 'oldest'])
      for (const sort of ['owner', '-owner', 'text,-owner']) {
        const { nextCursor } = await list({ sort, limit: '1' })
        const place = Buffer.from(nextCursor?.split('.')[0] ?? '', 'base64url').toString()
        expect(place.length, sort).toBeGreaterThan(0)
        expect(place, sort).not.toContain('person')
        expect(await list({ sort, cursor: nextCursor ?? '' }), sort).toMatchObject({
          data: [{}, {}, {}],
        })
      }
    })

    test('is in no index', async () => {
      for (const key of keptIndexesOf(notes).fingerprints.keys()) {
        const members = await rig.command('ZRANGE', key, '0', '-1')
        expect(String(members), key).not.toContain('person')
      }
    })

    test('is not what the entity tag is of, and the tag names the version to its owner', async () => {
      const read = await getItem.run(rig.call(notes, {}, { id: 'old' }), rig.deps)
      const tag = read.ok ? String(read.headers?.['ETag']) : ''
      const guess = createHash('sha256').update(JSON.stringify(['a text', ADDRESS]))
      expect(tag).not.toBe(`"${guess.digest('base64url').slice(0, 22)}"`)
      const change = (ifMatch: string, userId: string) =>
        patchItem.run(
          rig.call(
            notes,
            { text: 'a text' },
            {
              id: 'old',
              principal: { accountId: OPAQUE, userId },
              conditions: { ifMatch, ifNoneMatch: null, idempotencyKey: null },
            },
          ),
          rig.deps,
        )
      expect(await change(tag, 'stranger@home.org')).toMatchObject({ code: 'not-found' })
      expect(await change('"another"', ADDRESS)).toMatchObject({ code: 'precondition-failed' })
      expect(await change(tag, ADDRESS)).toMatchObject({ ok: true, value: { owner: HIDDEN } })
      expect(String(await rig.command('HGET', 'note:old', 'owner'))).toBe(ADDRESS)
    })
  })
}
