import { expect, test } from '@playwright/test'
import { assert, asyncProperty, string } from 'fast-check'
import { sha256 } from './hash.ts'
import { type Macs, openText, signText } from './signed-text.ts'

const LIST = 'things by size'

/** What seals with the first of these keys, and opens with all. */
function macsOf(...keys: string[]): Macs {
  return keys.map((key) => (text) => sha256(`${key}\n${text}`))
}

const macs = macsOf('key')

test('a cursor opens where it was sealed for, whatever the place is', async () => {
  await assert(
    asyncProperty(string({ unit: 'grapheme' }), async (place) => {
      expect(await openText(await signText(place, LIST, macs), LIST, macs)).toBe(place)
    }),
  )
})

test('it does not open another list, nor another place', async () => {
  const cursor = await signText('a', LIST, macs)
  expect(await openText(cursor, 'things by weight', macs)).toBeUndefined()
  const other = cursor.replace(/^[^.]+/, Buffer.from('b').toString('base64url'))
  expect(await openText(other, LIST, macs)).toBeUndefined()
})

test('one that was sealed with the key of before opens while that key is known', async () => {
  const cursor = await signText('a', LIST, macsOf('old'))
  expect(await openText(cursor, LIST, macsOf('new', 'old'))).toBe('a')
  expect(await openText(cursor, LIST, macsOf('new'))).toBeUndefined()
})

test('what nobody sealed opens nothing', async () => {
  const cursor = await signText('a', LIST, macs)
  const [place = '', mac = ''] = cursor.split('.')
  for (const made of [
    ...['', '.', place, `${place}.`, `.${mac}`, `${cursor}.`, `${cursor}x`],
    ...[cursor.slice(0, -1), `${place}.${mac.toLowerCase()}.${mac}`, `gA.${mac}`],
  ]) {
    expect(await openText(made, LIST, macs), made).toBeUndefined()
  }
})
