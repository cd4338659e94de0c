import { setTimeout as sleep } from 'node:timers/promises'
import type { Program } from '../test/support/processes.ts'
import { getCall } from './jobs.ts'
import { sendOnce } from './load.ts'
import { median } from './results.ts'
import { type BenchStore, wide } from './store.ts'
import { type Subject, start } from './subjects.ts'

/** How long a host takes from nothing to its first answer. */
export interface ColdStart {
  subject: string
  /** From the start of the process to the end of the first answer. */
  answeredInMs: number
  /** The first request alone. */
  firstRequestMs: number
}

const STARTS = 3

/** Starts a host again and again, each time with a token from before. The medians. */
export async function coldStart(
  subject: Subject,
  store: BenchStore,
  keep: (program: Program) => void,
): Promise<ColdStart> {
  const environment = store.environment(0)
  const first = await start(subject, environment)
  keep(first.program)
  const [JWT = ''] = store.tokens
  await first.program.stop()
  const port = Number(new URL(first.origin).port)
  const answered: number[] = []
  const requests: number[] = []
  for (let index = 0; index < STARTS; index++) {
    const running = await start(subject, environment, port)
    keep(running.program)
    const before = performance.now()
    const { status, body } = await sendOnce(running.origin, getCall(JWT))
    const tookMs = performance.now() - before
    if (status !== 200) throw new Error(`${subject.name}, first request: ${status} ${body}`)
    requests.push(tookMs)
    answered.push(running.startedInMs + tookMs)
    await running.program.stop()
  }
  return {
    subject: subject.name,
    answeredInMs: median(answered),
    firstRequestMs: median(requests),
  }
}

/** Trips that a get over the quota waits for, and requests that it brings to the store. */
export async function deniedTrips(
  subject: Subject,
  store: BenchStore,
  keep: (program: Program) => void,
): Promise<{ awaited: number; trips: number }> {
  const LIMIT = 3
  const environment = {
    ...store.environment(0),
    RATE_LIMITS: wide({ user: { limit: LIMIT, window: '1d' } }),
  }
  const running = await start(subject, environment)
  keep(running.program)
  const [JWT = ''] = store.tokens
  for (let index = 0; index <= LIMIT; index++) await sendOnce(running.origin, getCall(JWT))
  await sleep(100)
  const before = await store.restCounts()
  const { status, awaitedTrips } = await sendOnce(running.origin, getCall(JWT))
  await sleep(100)
  const after = await store.restCounts()
  await running.program.stop()
  if (status !== 429 || awaitedTrips === undefined) {
    throw new Error(`${subject.name} over its quota answers ${status}`)
  }
  return { awaited: awaitedTrips, trips: after.trips - before.trips }
}
