import { expect, test } from '@playwright/test'
import { type CollectionRig, startCollectionRig } from '../../test/support/collections.ts'
import { defineCollection } from '../collections/define.ts'
import { getItem } from './get.ts'
import { heal } from './heal.ts'
import { listItems } from './list.ts'
import { createItem, patchItem, replaceItem } from './write.ts'

const films = defineCollection({
  name: 'films',
  prefix: 'film:',
  access: { list: 'public', get: 'public', create: 'user', update: 'user', delete: 'user' },
  fields: (z) => ({ director: z.optional(z.string()) }),
  filter: ['director'],
  sort: ['director', '-director'],
  search: ['director', 'id'],
})

/** 64,000 bytes each. `normalize` sorts a run of marks in the square of its length. */
const TEXTS = {
  marks: '\u0315'.repeat(16_000) + '\u0316'.repeat(16_000),
  'a letter with marks': `a${'\u0315\u0316'.repeat(15_999)}`,
  'one letter': 'a'.repeat(64_000),
  'letters that come apart': '\ufdfa'.repeat(21_333),
  emoji: '\u{1F469}\u200D'.repeat(9_142),
  jamo: '\u1100\u1161\u11a8'.repeat(7_111),
}

/**
 * What `normalize` is handed while `work` goes on: how many texts, the longest one, and the longest run
 * of marks.
 */
async function normalized(
  work: () => Promise<void>,
): Promise<{ texts: number; length: number; marks: number }> {
  const most = { texts: 0, length: 0, marks: 0 }
  const { normalize } = String.prototype
  String.prototype.normalize = function (this: string, form) {
    most.texts++
    most.length = Math.max(most.length, this.length)
    for (const [run] of this.matchAll(/\p{M}+/gu)) most.marks = Math.max(most.marks, run.length)
    return normalize.call(this, form)
  }
  try {
    await work()
  } finally {
    String.prototype.normalize = normalize
  }
  return most
}

let rig: CollectionRig
test.beforeAll(async () => {
  rig = await startCollectionRig('embedded')
})
test.afterAll(() => rig.close())

for (const [name, text] of Object.entries(TEXTS)) {
  test(`${name}: no more than the beginning of a text is normalised, wherever it comes from`, async () => {
    const most = await normalized(async () => {
      const create = (input: unknown) => createItem.run(rig.call(films, input), rig.deps)
      expect(await create({ id: name, director: text })).toMatchObject({ ok: true })
      expect(await create({ id: text, director: 'x' })).toMatchObject({ code: 'validation-error' })
      const call = (input: unknown) => rig.call(films, input, { id: name })
      expect(await patchItem.run(call({ director: `${text}b` }), rig.deps)).toMatchObject({
        ok: true,
      })
      expect(await replaceItem.run(call({ director: text }), rig.deps)).toMatchObject({ ok: true })
      const read = await getItem.run(rig.call(films, {}, { id: name }), rig.deps)
      expect(read).toMatchObject({ ok: true, value: { director: text } })
      await getItem.run(rig.call(films, {}, { id: text }), rig.deps)
      await heal(rig.store, { restMs: 0, again: true, collections: [films] })
      for (const query of [
        { q: name.slice(0, 3) },
        { q: text },
        { director: text },
        { 'director[gte]': text, sort: '-director' },
        { sort: text },
        { cursor: text },
        { [text]: 'x' },
      ])
        await listItems.run(rig.call(films, query), rig.deps)
      await rig.settled()
    })
    expect(most.length).toBeLessThanOrEqual(2_000)
    expect(most.marks).toBeLessThanOrEqual(4)
  })
}

for (const way of ['a small keyspace', 'indexes'] as const) {
  test(`with ${way}, a search folds what is on the page, however many items its word finds`, async () => {
    await rig.command('FLUSHALL')
    for (let index = 0; index < 300; index++) {
      await rig.command('HSET', `film:${index}`, 'director', 'صلى '.repeat(100))
    }
    if (way === 'indexes') {
      await rig.fill()
      await heal(rig.store, { restMs: 0, again: true, collections: [films] })
    }
    const found: string[] = []
    let cursor: Record<string, string> = {}
    for (let page = 0; page < 3; page++) {
      const most = await normalized(async () => {
        const list = await listItems.run(
          rig.call(films, { q: 'صلى', limit: '100', ...cursor }),
          rig.deps,
        )
        if (!list.ok) throw new Error(JSON.stringify(list))
        found.push(...list.value.data.map(({ id }) => id))
        cursor = { cursor: list.value.nextCursor ?? '' }
      })
      // Two fields of each item, and of the one that says that there is more; the query.
      expect(most.texts).toBeLessThanOrEqual(2 * 101 + 1)
    }
    expect(cursor).toEqual({ cursor: '' })
    const ids = Array.from({ length: 300 }, (_, index) => String(index))
    expect(found).toEqual(ids.sort())
    const counted = await listItems.run(rig.call(films, { q: 'صلى', count: 'exact' }), rig.deps)
    expect(counted).toMatchObject({ value: { count: 300 } })
  })
}
