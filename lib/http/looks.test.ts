import { expect, test } from '@playwright/test'
import { eachRead } from '../store/client/each-read.ts'
import type { LimiterClient } from '../store/client/script-runner.ts'
import { READ_LIVENESS } from '../store/scripts/liveness.ts'
import { Denials, Looks, Turns } from './looks.ts'

const BETWEEN = 10

/** A store that says of each session which one it was asked for, and a clock that stands still. */
function setup() {
  const asked: string[][] = []
  const wakes: (() => void)[] = []
  const evalRo = async (_text: string, keys: string[]): Promise<unknown> => {
    asked.push(keys)
    const sessions = keys.filter((_, index) => index % 2 === 0)
    return sessions.map((session) => [
      'read',
      [session, null, null],
      [null, null, null, null, null],
      ['0', '0'],
    ])
  }
  const redis = { evalRo } as unknown as LimiterClient
  const sleep = (): Promise<void> => new Promise((wake) => wakes.push(wake))
  const read = eachRead(READ_LIVENESS, {})
  const looks = new Looks({ redis, now: () => 0, sleep, read })
  const behind: Promise<unknown>[] = []
  const taken: (string | undefined)[] = []
  const look = (name: string, urgent: boolean): void =>
    looks.add(
      { sessionKey: `session:${name}`, userKey: `user:${name}` },
      ({ session }) => void taken.push(session[0]),
      (work) => void behind.push(work),
      { urgent },
    )
  const settled = async (): Promise<void> => {
    for (const wake of wakes.splice(0)) wake()
    await Promise.all(behind.splice(0))
  }
  return { look, settled, asked, taken, behind }
}

test('looks of a quarter of a second go in one call, and each gets its own answer', async () => {
  const { look, settled, asked, taken } = setup()
  for (const name of ['a', 'b', 'c']) look(name, false)
  expect(asked).toEqual([])
  await settled()
  expect(asked).toEqual([['session:a', 'user:a', 'session:b', 'user:b', 'session:c', 'user:c']])
  expect(taken).toEqual(['session:a', 'session:b', 'session:c'])
})

test('one that is urgent leaves at once, and takes along who waits', async () => {
  const { look, settled, asked, taken, behind } = setup()
  look('a', false)
  look('b', true)
  expect(asked).toEqual([['session:a', 'user:a', 'session:b', 'user:b']])
  await behind[1]
  expect(taken).toEqual(['session:a', 'session:b'])
  await settled()
  expect(asked).toHaveLength(1)
})

test('ten requests in less than a second are a burst; ten of a minute are not', () => {
  const burst = new Turns(BETWEEN, 0)
  const dueOf = (turns: Turns, pauseMs: number, from: number) =>
    Array.from({ length: BETWEEN }, (_, index) => turns.next(from + index * pauseMs))
  expect(dueOf(burst, 20, 0)).toEqual([...Array(BETWEEN - 1).fill(undefined), { urgent: true }])
  // They are counted anew from then on.
  expect(dueOf(burst, 6_000, 180).at(-1)).toEqual({ urgent: false })
})

test('a look is due when a denied account comes back after a while, not at the first denial nor in a burst', () => {
  const denials = new Denials()
  expect([0, 1, 1_999].map((now) => denials.note('a', now))).toEqual([false, false, false])
  expect([2_000, 2_001, 4_000].map((now) => denials.note('a', now))).toEqual([true, false, true])
  expect(denials.note('b', 4_000)).toBe(false)
  expect(denials.note('a', 100_000)).toBe(false)
})
