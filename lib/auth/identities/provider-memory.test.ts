import { expect, test } from '@playwright/test'
import { ProviderMemory } from './provider-memory.ts'

const AWAY = new Error('away')
const always = () => true
const fails = () => Promise.reject(AWAY)
const MINUTE = 60_000
const DAY = 86_400_000

test('what a provider publishes is asked for anew after ten minutes', async () => {
  let now = 0
  const { metadata } = new ProviderMemory(() => now)
  let asked = 0
  const ask = async () => ({ issuer: `answer ${++asked}` })
  const get = () => metadata.get('firm', ask, always)
  expect(await get()).toEqual({ issuer: 'answer 1' })
  now = 10 * MINUTE - 1
  expect(await get()).toEqual({ issuer: 'answer 1' })
  now++
  expect(await get()).toEqual({ issuer: 'answer 2' })
  expect(await metadata.get('other', ask, always)).toEqual({ issuer: 'answer 3' })
})

test('it serves on while the provider is away, for a day, and the provider is asked now and then', async () => {
  let now = 0
  const { metadata } = new ProviderMemory(() => now)
  await metadata.get('firm', async () => ({ issuer: 'known' }), always)
  const asked: [number, boolean][] = []
  const ask = (isKnown: boolean) => {
    asked.push([now / 1_000, isKnown])
    return fails()
  }
  for (now = 10 * MINUTE; now <= 11 * MINUTE; now += 10_000) {
    expect(await metadata.get('firm', ask, always)).toEqual({ issuer: 'known' })
  }
  expect(asked).toEqual([600, 630, 660].map((second) => [second, true]))
  now = DAY
  await expect(metadata.get('firm', ask, always)).rejects.toBe(AWAY)
  expect(asked.at(-1)).toEqual([DAY / 1_000, false])
})

test('a failure that is no absence is not got over, and what was never known cannot serve', async () => {
  let now = 0
  const { metadata, keySets } = new ProviderMemory(() => now)
  await expect(metadata.get('firm', fails, always)).rejects.toBe(AWAY)
  await metadata.get('firm', async () => ({ issuer: 'known' }), always)
  now = 10 * MINUTE
  await expect(metadata.get('firm', fails, () => false)).rejects.toBe(AWAY)
  // Keys are asked for whenever they are wanted: the library keeps them for five minutes.
  await keySets.get('keys', async () => 'one', always)
  expect(await keySets.get('keys', async () => 'two', always)).toBe('two')
  expect(await keySets.get('keys', fails, always)).toBe('two')
})

test('it has a bound', async () => {
  const { metadata } = new ProviderMemory(() => 0)
  let asked = 0
  const ask = async () => ({ issuer: `${++asked}` })
  for (let index = 0; index < 150; index++) await metadata.get(`${index}`, ask, always)
  await metadata.get('149', ask, always)
  expect(asked).toBe(150)
  await metadata.get('0', ask, always)
  expect(asked).toBe(151)
})
