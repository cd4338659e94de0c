import { expect, test } from '@playwright/test'
import { assert, asyncProperty, string } from 'fast-check'
import { sha256 } from '../hash.ts'
import { openCursor, sealCursor } from './cursor.ts'
import type { CollectionDeps } from './types.ts'

const LIST = 'things by size'

/** What seals with the first of these keys, and opens with all. */
function depsOf(...keys: string[]): Pick<CollectionDeps, 'cursorMacs'> {
  return {
    cursorMacs: keys.map((key) => (text) => sha256(`${key}\n${text}`)),
  }
}

const deps = depsOf('key')

test('a cursor opens where it was sealed for, whatever the place is', async () => {
  await assert(
    asyncProperty(string({ unit: 'grapheme' }), async (place) => {
      expect(await openCursor(await sealCursor(place, LIST, deps), LIST, deps)).toBe(place)
    }),
  )
})

test('it does not open another list, nor another place', async () => {
  const cursor = await sealCursor('a', LIST, deps)
  expect(await openCursor(cursor, 'things by weight', deps)).toBeUndefined()
  const other = cursor.replace(/^[^.]+/, Buffer.from('b').toString('base64url'))
  expect(await openCursor(other, LIST, deps)).toBeUndefined()
})

test('one that was sealed with the key of before opens while that key is known', async () => {
  const cursor = await sealCursor('a', LIST, depsOf('old'))
  expect(await openCursor(cursor, LIST, depsOf('new', 'old'))).toBe('a')
  expect(await openCursor(cursor, LIST, depsOf('new'))).toBeUndefined()
})

test('what nobody sealed opens nothing', async () => {
  const cursor = await sealCursor('a', LIST, deps)
  const [place = '', mac = ''] = cursor.split('.')
  for (const made of [
    ...['', '.', place, `${place}.`, `.${mac}`, `${cursor}.`, `${cursor}x`],
    ...[cursor.slice(0, -1), `${place}.${mac.toLowerCase()}.${mac}`, `gA.${mac}`],
  ]) {
    expect(await openCursor(made, LIST, deps), made).toBeUndefined()
  }
})
