import { spawnSync } from 'node:child_process'
import { setTimeout as sleep } from 'node:timers/promises'
import type { Counts } from './counts.ts'
import { cpuMsOfTree } from './cpu.ts'
import type { Job, JobName } from './jobs.ts'
import { runLoad, sendOnce } from './load.ts'
import { quantile } from './rig.ts'
import type { BenchStore } from './store.ts'
import { isDirect, type Running, type Subject } from './subjects.ts'

/** What one subject did in one round of one cell. */
export interface Sample {
  subject: string
  job: JobName
  connections: number
  delayMs: number
  round: number
  requestsPerSecond: number
  p50Ms: number
  p99Ms: number
  cpuMs: number
  trips: number
  commands: number
}

/** What a request costs the store, one at a time. */
export interface Cost {
  subject: string
  job: JobName
  trips: number
  commands: number
  /** Of `Server-Timing`, which Usher alone sends. */
  awaited: number | undefined
}

/** What goes on behind an answer is the answer's. */
const SETTLE_MS = 60

/** The store as a subject reaches it. */
export interface Way {
  store: BenchStore
  delayMs: number
}

/** Loads a subject for so long, and measures it. */
export async function measure(
  running: Running,
  job: Job,
  { connections, seconds, round }: { connections: number; seconds: number; round: number },
  way: Way,
): Promise<Sample> {
  const lanes = await job.lanes(running.origin, connections, way.store.tokens)
  await runLoad(running.origin, lanes, Math.min(0.2, seconds / 4))
  await sleep(SETTLE_MS)
  const pid = running.program.process.pid ?? 0
  const before = { counts: await counts(running.subject, way), cpu: cpuMsOfTree(pid) }
  const load = await runLoad(running.origin, lanes, seconds)
  await sleep(SETTLE_MS)
  const cpuMs = cpuMsOfTree(pid) - before.cpu
  const after = await counts(running.subject, way)
  return {
    subject: running.subject.name,
    job: job.name,
    connections,
    delayMs: way.delayMs,
    round,
    requestsPerSecond: load.requests / load.seconds,
    p50Ms: quantile(load.latenciesMs, 0.5),
    p99Ms: quantile(load.latenciesMs, 0.99),
    cpuMs: cpuMs / load.requests,
    trips: (after.trips - before.counts.trips) / load.requests,
    commands: (after.commands - before.counts.commands) / load.requests,
  }
}

/** So many of the users' windows are opened side by side. */
const OPENERS = 32

/** Keeps a subject at a job until its code is hot: what is dear is repeated for longer. */
export async function warmUp(
  running: Running,
  job: Job,
  seconds: number,
  { store, delayMs }: Way,
): Promise<void> {
  const { origin } = running
  // Every user's window is open then.
  const openers = job.isRead ? await job.lanes(origin, OPENERS, store.tokens) : []
  for (let opened = 0; opened < store.tokens.length && job.isRead; opened += OPENERS) {
    await Promise.all(openers.map((lane) => sendOnce(origin, lane.next())))
  }
  const connections = Math.max(...job.connections(delayMs))
  const lanes = await job.lanes(origin, connections, store.tokens)
  await runLoad(origin, lanes, connections > 4 ? seconds * 3 : seconds / 2)
}

/** Sends requests one at a time, checks their answers and counts what reaches the store. */
export async function cost(running: Running, job: Job, way: Way): Promise<Cost> {
  const REQUESTS = 5
  const [lane] = await job.lanes(running.origin, 1, way.store.tokens.slice(0, 1))
  if (lane === undefined) throw new Error('no lane')
  const one = async (): Promise<number | undefined> => {
    const { status, body, awaitedTrips } = await sendOnce(running.origin, lane.next())
    const fault = status === 200 ? job.fault(JSON.parse(body)) : body.slice(0, 300)
    if (fault !== undefined) {
      const who = `${running.subject.name}, ${job.title.toLowerCase()}`
      throw new Error(`${who}: the answer is ${status} and not right: ${fault}`)
    }
    lane.answered?.(body)
    return awaitedTrips
  }
  await one()
  await sleep(SETTLE_MS + way.delayMs)
  const before = await counts(running.subject, way)
  const awaited: number[] = []
  for (let request = 0; request < REQUESTS; request++) {
    const trips = await one()
    if (trips !== undefined) awaited.push(trips)
  }
  await sleep(SETTLE_MS + way.delayMs)
  const after = await counts(running.subject, way)
  return {
    subject: running.subject.name,
    job: job.name,
    trips: (after.trips - before.trips) / REQUESTS,
    commands: (after.commands - before.commands) / REQUESTS,
    awaited: awaited.length === 0 ? undefined : quantile(awaited, 0.5),
  }
}

/** TCP is counted on the long way, where its bytes pass by. */
async function counts(subject: Subject, { store, delayMs }: Way): Promise<Counts> {
  if (!isDirect(subject)) return store.restCounts()
  return delayMs > 0 ? store.tcpCounts() : { trips: Number.NaN, commands: Number.NaN }
}

/** Milliseconds of CPU that one REST call costs a plain Node process. See `rest-call.ts`. */
export function restCallCpuMs(store: BenchStore, seconds: number): number {
  const env = { NODE_ENV: 'production' as const, ...store.environment(0) }
  const args = ['dist/bench-rest-call.js', String(seconds)]
  const { stdout, stderr, status } = spawnSync(process.execPath, args, { env, encoding: 'utf8' })
  if (status !== 0) throw new Error(`rest-call: ${stderr}`)
  const { calls, cpuMs }: { calls: number; cpuMs: number } = JSON.parse(stdout)
  return cpuMs / calls
}
