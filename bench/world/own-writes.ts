import { setTimeout as sleep } from 'node:timers/promises'
import { call, must, review, signIn } from './client.ts'
import { milliseconds, type Part, table, tally } from './report.ts'
import { makeAccounts, type Region, settle, type World } from './start.ts'

const LOOK_EVERY_MS = 5
const GIVE_UP_MS = 5_000
const READERS = 6
const HOPS = 12
/** How much later than light a change may arrive: an answer is there before it. */
const LATE_MS = 250

/** Who is in a region, and how late changes are there. */
interface Setting {
  readers: number
  lateMs: number
  samples: number
}

/** Whether what was written is read: in the same region at once, and elsewhere after how long. */
export async function measureOwnWrites(world: World, samples: number): Promise<Part> {
  const [user = ''] = await makeAccounts(world, 'writer', 1)
  const { JWT } = await signIn(world.regions[0] as Region, user)
  await sleep(500)
  const faults: string[] = []
  const alone: unknown[][] = []
  const hops: unknown[][] = []
  const few = Math.ceil(samples / 3)
  for (const region of world.regions) {
    const settings: Setting[] = [{ readers: 0, lateMs: 0, samples }]
    if (region.line !== undefined) {
      settings.push({ readers: 0, lateMs: LATE_MS, samples })
      settings.push({ readers: READERS, lateMs: 0, samples: few })
      settings.push({ readers: READERS, lateMs: LATE_MS, samples: few })
    }
    for (const setting of settings) {
      const { readers, lateMs } = setting
      const lag = region.usualLagMs + lateMs
      console.error(`  ${region.name}: a read after a write, ${readers} others, lag ${lag} ms`)
      if (region.line !== undefined) region.line.lagMs = lag
      const measured = await readBack(world, region, JWT, setting)
      if (region.line !== undefined) region.line.lagMs = region.usualLagMs
      alone.push([region.name, lag, readers, ...measured.cells])
      if (measured.stale > 0) {
        faults.push(
          `${region.name}, lag ${lag} ms, ${readers} other clients: ${measured.stale} of ${setting.samples} reads did not see the write before them`,
        )
      }
    }
  }
  for (const region of world.regions) {
    for (const other of world.regions) {
      if (other === region) continue
      for (const carries of [false, true]) {
        const how = carries ? 'carried' : 'not carried'
        console.error(`  written in ${region.name}, read in ${other.name}, Usher-Sync ${how}`)
        const { missed, cells } = await hop(world, region, other, JWT, carries)
        hops.push([region.name, other.name, how, ...cells])
        if (carries && missed > 0) {
          faults.push(
            `${region.name} to ${other.name}: ${missed} of ${HOPS} first reads with Usher-Sync did not see the write`,
          )
        }
      }
    }
  }
  const head = ['region', 'lag ms', 'other clients', 'n', 'stale', 'reads p50 ms', 'p99 ms']
  const served = ['how they were served', 'reads of the others: p50 ms', 'p99 ms']
  const where = ['written in', 'read in', 'Usher-Sync', 'n', 'seen after, median ms', 'max ms']
  const atOnce = ['first reads that missed it', 'changed there at once']
  return {
    markdown: `${table([...head, ...served], alone)}\n\n${table([...where, ...atOnce], hops)}`,
    faults,
  }
}

/** Writes and reads back, through one server; create and replace in turn. */
async function readBack(
  world: World,
  region: Region,
  token: string,
  { readers, lateMs, samples }: Setting,
): Promise<{ stale: number; cells: unknown[] }> {
  await settle(world)
  let done = false
  const others: number[] = []
  const background = Array.from({ length: readers }, async () => {
    while (!done) {
      others.push((await call(region, '/api/movies/Pulp%20Fiction', { token })).ms)
      await sleep(10)
    }
  })
  const times: number[] = []
  const served: string[] = []
  let stale = 0
  let id = ''
  for (let sample = 0; sample < samples; sample++) {
    const text = `${region.name} ${readers} ${lateMs} ${sample}`
    if (sample % 2 === 0) {
      const sent = { method: 'POST', token, body: review(text) }
      id = String((await must(201, region, '/api/reviews', sent)).body['id'])
    } else {
      const sent = { method: 'PUT', token, body: review(text) }
      await must(200, region, `/api/reviews/${id}`, sent)
    }
    const from = region.gateway.calls.length
    const read = await call(region, `/api/reviews/${id}`)
    times.push(read.ms)
    if (read.status !== 200 || read.body['text'] !== text) stale++
    const own = region.gateway.calls.slice(from).filter(({ served }) => served !== 'primary')
    if (readers === 0) served.push(...own.map(({ served }) => served))
  }
  done = true
  await Promise.all(background)
  return {
    stale,
    cells: [
      samples,
      stale,
      milliseconds(times, 0.5),
      milliseconds(times, 0.99),
      readers === 0 ? tally(served) : '',
      milliseconds(others, 0.5),
      milliseconds(others, 0.99),
    ],
  }
}

/**
 * A client that writes in one region and goes on in another.
 *
 * @param carries Whether it takes `Usher-Sync` along.
 */
async function hop(
  world: World,
  from: Region,
  to: Region,
  token: string,
  carries: boolean,
): Promise<{ missed: number; cells: unknown[] }> {
  const seen: number[] = []
  const changes: number[] = []
  let missed = 0
  for (let sample = 0; sample < HOPS; sample++) {
    await settle(world)
    const sent = { method: 'POST', token, body: review(`hop ${sample}`) }
    const made = await must(201, from, '/api/reviews', sent)
    const { id } = made.body
    const sync = carries ? made.sync : undefined
    if (carries && sync === undefined) throw new Error('a write without Usher-Sync')
    const path = `/api/reviews/${id}`
    const written = performance.now()
    for (let look = 0; ; look++) {
      const asked = performance.now()
      const { status } = await call(to, path, { sync })
      if (status === 200) {
        seen.push(look === 0 ? 0 : asked - written)
        break
      }
      if (look === 0) missed++
      if (performance.now() - written > GIVE_UP_MS) throw new Error(`${path} is never seen`)
      await sleep(LOOK_EVERY_MS)
    }
    if (sample % 3 > 0) continue
    // Seen in both, changed in one, and changed at once in the other.
    await settle(world)
    await must(200, from, path, { method: 'PATCH', token, body: { rating: 1 } })
    changes.push((await call(to, path, { method: 'PATCH', token, body: { rating: 2 } })).status)
  }
  const times = [milliseconds(seen, 0.5), milliseconds(seen, 1)]
  return { missed, cells: [HOPS, ...times, missed, tally(changes)] }
}
