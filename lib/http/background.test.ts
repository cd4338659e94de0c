import { expect, test } from '@playwright/test'
import { detached, keptAlive } from './background.ts'

test('a host that keeps work alive is told of it', () => {
  const kept: Promise<unknown>[] = []
  const work = Promise.resolve()
  keptAlive((promise) => kept.push(promise))(work)
  expect(kept).toEqual([work])
})

test('where a host refuses, the work runs on, and its failure is nobody’s', async () => {
  const refusing = keptAlive(() => {
    throw new Error('outside a request')
  })
  let done = false
  const work = Promise.resolve().then(() => {
    done = true
    throw new Error('later')
  })
  const unhandled: unknown[] = []
  const note = (reason: unknown): void => void unhandled.push(reason)
  process.on('unhandledRejection', note)
  refusing(work)
  detached(work)
  await work.catch(() => undefined)
  await new Promise((resolve) => setImmediate(resolve))
  process.off('unhandledRejection', note)
  expect([done, unhandled]).toEqual([true, []])
})
