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

/** What `normalize` is handed while `work` goes on: the longest text, and the longest run of marks. */
async function normalized(work: () => Promise<void>): Promise<{ length: number; marks: number }> {
  const most = { length: 0, marks: 0 }
  const { normalize } = String.prototype
  String.prototype.normalize = function (this: string, form) {
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
      const create = (input: unknown) => createItem(rig.call(films, input), rig.deps)
      expect(await create({ id: name, director: text })).toMatchObject({ ok: true })
      expect(await create({ id: text, director: 'x' })).toMatchObject({ code: 'validation-error' })
      const call = (input: unknown) => rig.call(films, input, { id: name })
      expect(await patchItem(call({ director: `${text}b` }), rig.deps)).toMatchObject({ ok: true })
      expect(await replaceItem(call({ director: text }), rig.deps)).toMatchObject({ ok: true })
      const read = await getItem(rig.call(films, {}, { id: name }), rig.deps)
      expect(read).toMatchObject({ ok: true, value: { director: text } })
      await getItem(rig.call(films, {}, { id: text }), rig.deps)
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
        await listItems(rig.call(films, query), rig.deps)
      await rig.settled()
    })
    expect(most.length).toBeLessThanOrEqual(2_000)
    expect(most.marks).toBeLessThanOrEqual(4)
  })
}
