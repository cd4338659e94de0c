import { expect, test } from '@playwright/test'
import { startCollectionRig } from '../../test/support/collections.ts'
import { defineCollection } from '../collections/define.ts'
import { listItems } from './list.ts'
import { LONGEST_SEARCH, parseQuery, type RawQuery } from './query.ts'

const NAMES = Array.from({ length: 9 }, (_, index) => `field${index}`)

const things = defineCollection({
  name: 'stars',
  prefix: 'star:',
  access: { list: 'public', get: 'public', create: 'user', update: 'user', delete: 'user' },
  fields: (z) => Object.fromEntries(NAMES.map((name) => [name, z.optional(z.string())])),
  filter: NAMES,
  search: ['field0'],
})

const faultOf = (raw: RawQuery): string | undefined => {
  const parsed = parseQuery(things, raw)
  return parsed.ok ? undefined : parsed.errors?.[0]?.message
}

test('a search is one word to five, whatever they are made of', () => {
  for (const q of [
    'a',
    ' a  b c d e ',
    '!!!',
    'a.b.c.d.e.f.g',
    '\u{1F600}'.repeat(LONGEST_SEARCH),
  ]) {
    expect(faultOf({ q }), q).toBeUndefined()
  }
  for (const q of ['', ' ', '\t\n', 'a b c d e f', 'a'.repeat(LONGEST_SEARCH + 1)]) {
    expect(faultOf({ q }), q).toBe('is one word to five, of 200 characters at most')
  }
})

test('eight fields are filtered at once, each in every way', () => {
  const ways = ['', '[gt]', '[gte]', '[lt]', '[lte]']
  const filters = (count: number): RawQuery =>
    Object.fromEntries(
      NAMES.slice(0, count).flatMap((name) => ways.map((way) => [`${name}${way}`, 'x'])),
    )
  expect(faultOf(filters(8))).toBeUndefined()
  expect(faultOf(filters(9))).toBe('is one field more than the 8 that can be filtered at once')
})

test('every word of a search decides, also those that no index is asked for', async () => {
  const rig = await startCollectionRig('embedded')
  try {
    const letters = ['a.b.c.d.e.f', 'a.b.c.d.e.g', '!!!']
    for (const text of letters) await rig.command('HSET', `star:${text}`, 'field0', text)
    const find = async (q: string): Promise<string[]> => {
      const page = await listItems.run(rig.call(things, { q }), rig.deps)
      if (!page.ok) throw new Error(page.reason)
      return page.value.data.map(({ id }) => id)
    }
    expect(await find('a.b.c.d.e')).toEqual(letters.slice(0, 2))
    expect(await find('a.b.c.d.e.g')).toEqual(['a.b.c.d.e.g'])
    // No item has a word without a letter or a digit.
    expect(await find('!!!')).toEqual([])
  } finally {
    await rig.settled()
    await rig.close()
  }
})
