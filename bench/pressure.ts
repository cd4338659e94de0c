import { getCall, VISITOR } from './jobs.ts'
import { type Lane, runLoad, sendOnce } from './load.ts'
import { quantile } from './rig.ts'
import type { BenchStore } from './store.ts'
import type { Running } from './subjects.ts'

/** The 99th percentile of reads, with and without sign-ins beside them, in milliseconds. */
export interface Pressure {
  subject: string
  idleP99Ms: number
  besideP99Ms: number
}

const SIGN_INS = 60
const READ_LANES = 4

/** Reads for so many seconds alone, and as long beside sixty people who sign in all the time. */
export async function pressure(
  { subject, origin }: Running,
  { tokens }: BenchStore,
  seconds: number,
): Promise<Pressure> {
  const [JWT = ''] = tokens
  const call = getCall(JWT)
  const lanes: Lane[] = Array.from({ length: READ_LANES }, () => ({ next: () => call }))
  await runLoad(origin, lanes, 1)
  const idle = await runLoad(origin, lanes, seconds)
  let over = false
  const body = JSON.stringify({ user: VISITOR, password: 'password' })
  const headers = { 'Content-Type': 'application/json' }
  const signIns = Array.from({ length: SIGN_INS }, async () => {
    // Beyond the queue of hashes the answer is 503: that is a part of it.
    while (!over)
      await sendOnce(origin, { method: 'POST', path: '/api/auth/signin', headers, body })
  })
  const beside = await runLoad(origin, lanes, seconds)
  over = true
  await Promise.all(signIns)
  return {
    subject: subject.name,
    idleP99Ms: quantile(idle.latenciesMs, 0.99),
    besideP99Ms: quantile(beside.latenciesMs, 0.99),
  }
}
