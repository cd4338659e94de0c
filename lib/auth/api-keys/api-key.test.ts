import { expect, test } from '@playwright/test'
import { assert, asyncProperty, integer } from 'fast-check'
import { mintApiKey, readApiKey } from './api-key.ts'

test('a key that was made is read, and its hash is of the whole key', async () => {
  const { key, id, hash, prefix } = await mintApiKey('live')
  expect(key).toMatch(/^usher_live_[0-9A-Za-z]{16}_[0-9A-Za-z]{38}$/)
  expect(key.startsWith(`${prefix}_`)).toBe(true)
  expect(prefix).toBe(`usher_live_${id}`)
  expect(await readApiKey('live', key)).toEqual({ id, hash })
})

test('a secret that is replaced keeps the id, and has another hash', async () => {
  const first = await mintApiKey('live')
  const second = await mintApiKey('live', first.id)
  expect(second.id).toBe(first.id)
  expect(second.hash).not.toBe(first.hash)
})

test('a key of one environment is none in the other', async () => {
  const { key } = await mintApiKey('test')
  expect(await readApiKey('live', key)).toBeUndefined()
  expect(await readApiKey('test', key)).toBeDefined()
})

test('one letter that is mistyped anywhere is found by the checksum', async () => {
  const { key } = await mintApiKey('live')
  const places = integer({ min: 'usher_live_'.length, max: key.length - 1 })
  await assert(
    asyncProperty(places, integer({ min: 0, max: 61 }), async (at, letter) => {
      const letters = '0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz'
      const typed = key.slice(0, at) + letters[letter] + key.slice(at + 1)
      expect((await readApiKey('live', typed)) !== undefined).toBe(typed === key)
    }),
  )
})

test('two letters that change places are found', async () => {
  const { key } = await mintApiKey('live')
  for (let at = 'usher_live_'.length; at < key.length - 1; at++) {
    const swapped = key.slice(0, at) + key[at + 1] + key[at] + key.slice(at + 2)
    if (swapped === key) continue
    expect(await readApiKey('live', swapped), swapped).toBeUndefined()
  }
})

test('what is around a key, or cut off it, makes it none', async () => {
  const { key } = await mintApiKey('live')
  for (const text of [` ${key}`, `${key}\n`, `${key}${key}`, key.slice(0, -1), '', 'usher_live_']) {
    expect(await readApiKey('live', text), JSON.stringify(text)).toBeUndefined()
  }
})
