import { expect, test } from '@playwright/test'
import { type CollectionRig, startCollectionRig } from '../../test/support/collections.ts'
import { type Collection, defineCollection } from '../collections/define.ts'
import { heal } from './heal.ts'
import { listItems } from './list.ts'

const things: Collection = defineCollection({
  name: 'things',
  prefix: 'thing:',
  access: { list: 'public', get: 'public', create: 'user', update: 'user', delete: 'user' },
  fields: (z) => ({
    half: z.enum(['even', 'odd']),
    name: z.string(),
    tags: z.optional(z.array(z.string())),
    gone: z.optional(z.int()),
  }),
  filter: ['half', 'name', 'tags', 'gone'],
  sort: ['name'],
})
/** More than a page looks at. */
const MANY = 2_400

for (const kind of ['redis', 'embedded'] as const) {
  test.describe(`counts of many on ${kind}`, () => {
    let rig: CollectionRig
    test.beforeAll(async () => {
      rig = await startCollectionRig(kind)
      for (let index = 0; index < MANY; index++) {
        const [half, tag] = index % 2 === 0 ? ['even', 'a'] : ['odd', 'A']
        const tags = index % 3 === 0 ? [] : ['tags', JSON.stringify([tag, 'both'])]
        await rig.command('HSET', `thing:${index}`, 'half', half, 'name', `n${index}`, ...tags)
      }
      await heal(rig.store, { restMs: 0, collections: [things] })
    })
    test.afterAll(async () => {
      await rig.settled()
      await rig.close()
    })

    const count = async (input: Record<string, string | string[]>): Promise<number | string> => {
      const background = (): void => undefined
      const query = { count: 'exact', limit: '1', ...input }
      const page = await listItems.run(rig.call(things, query, { background }), rig.deps)
      return page.ok ? (page.value.count ?? 'none') : (page.errors?.[0]?.message ?? page.code)
    }

    test('one filter’s index counts what matches, whatever order is asked for', async () => {
      expect(await count({})).toBe(MANY)
      for (const sort of ['id', '-name']) {
        expect(await count({ half: 'odd', sort })).toBe(1_200)
        expect(await count({ half: ['odd', 'even'], sort })).toBe(MANY)
        expect(await count({ 'half[ne]': 'odd', sort })).toBe(1_200)
        expect(await count({ 'name[gte]': 'n1', sort })).toBe(MANY - 1)
        expect(await count({ 'gone[exists]': 'false', sort })).toBe(MANY)
        expect(await count({ 'gone[exists]': 'true', sort })).toBe(0)
      }
    })

    test('an item with several entries is counted once, and one without is none of them', async () => {
      expect(await count({ tags: 'both' })).toBe(1_600)
      expect(await count({ tags: ['a', 'both'] })).toBe(1_600)
      expect(await count({ 'tags[ci]': 'A' })).toBe(1_600)
      expect(await count({ 'tags[exists]': 'true' })).toBe(1_600)
      expect(await count({ 'tags[exists]': 'false' })).toBe(800)
      expect(await count({ 'tags[ne]': 'both' })).toBe(800)
      expect(await count({ 'tags[ne]': ['a', 'both'] })).toBe(800)
      expect(await count({ 'tags[ne]': 'a' })).toBe(1_600)
    })

    test('what two indexes would have to count is refused; few are counted anyway', async () => {
      expect(await count({ half: 'odd', tags: 'both' })).toBe(
        'is too much to count: narrow the filters',
      )
      expect(await count({ half: 'odd', name: ['n1', 'n2', 'n3'] })).toBe(2)
    })
  })
}
