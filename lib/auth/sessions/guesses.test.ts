import { expect, test } from '@playwright/test'
import type { AuthCall } from '../types.ts'
import { countGuess, guessKeys } from './guesses.ts'

test('a guess has left for the store when counting it returns, so that it shares a trip', async () => {
  const counted: string[] = []
  const quotas: Pick<
    AuthCall['quotas'],
    'countEachQuietly' | 'giveBack' | 'giveBackLater' | 'show'
  > = {
    countEachQuietly: (_policy, partitions) => {
      counted.push(...partitions.map((each) => (each === 'shared' ? each : each.key)))
      return new Promise(() => undefined)
    },
    giveBack: async () => undefined,
    giveBackLater: () => undefined,
    show: () => undefined,
  }
  const keys = await guessKeys(
    'Me@Home.org ',
    { key: '192.0.2.1' },
    { accountKey: async (text) => text },
  )
  void countGuess({ quotas: quotas as AuthCall['quotas'] }, keys)
  expect(counted).toEqual(['account\nme@home.org', 'device\nme@home.org\n192.0.2.1'])
})

test('without an address of its own, or of an account, there is no count of its own', async () => {
  const deps = { accountKey: async (text: string) => text }
  expect((await guessKeys('me@home.org', 'shared', deps)).device).toBeUndefined()
  expect((await guessKeys('no:address', { key: '192.0.2.1' }, deps)).device).toBeUndefined()
})
