import { setTimeout as sleep } from 'node:timers/promises'
import { quantile, signIn, startRig } from './rig.ts'

/**
 * What 200 parallel sign-ins do to reads: p99 idle and under them, and how long one comparison takes.
 * The promise under `npm start`: idle plus three comparisons at most.
 */
const ROUNDS = 5

async function main(): Promise<number> {
  const rig = await startRig(process.argv.includes('serve') ? 'serve' : 'start')
  const { JWT } = await signIn(rig.origin)
  const read = async (): Promise<number> => {
    const before = performance.now()
    const response = await fetch(`${rig.origin}/api/movies/Pulp%20Fiction`, {
      headers: { Authorization: `Bearer ${JWT}` },
    })
    await response.arrayBuffer()
    return performance.now() - before
  }
  const attempt = async (): Promise<number> => {
    const response = await fetch(`${rig.origin}/api/auth/signin`, {
      method: 'POST',
      headers: { 'Content-Type': 'application/json' },
      body: '{"user":"me@home.org","password":"wrong"}',
    })
    await response.arrayBuffer()
    return response.status
  }
  const reads = async (until: () => boolean): Promise<number[]> => {
    const samples: number[] = []
    while (!until()) {
      samples.push(await read())
      await sleep(5)
    }
    return samples
  }

  for (let warm = 0; warm < 50; warm++) await read()
  const before = performance.now()
  for (let sample = 0; sample < 10; sample++) await attempt()
  const comparison = (performance.now() - before) / 10
  console.log(
    '| round | idle p50 | idle p99 | under 200 sign-ins p50 | p99 | sign-ins: 401 / 503 |',
  )
  console.log('|---|---|---|---|---|---|')
  const idle99: number[] = []
  const busy99: number[] = []
  for (let round = 1; round <= ROUNDS; round++) {
    let ends = performance.now() + 2_000
    const idle = await reads(() => performance.now() > ends)
    let done = false
    const attempts = Promise.all(Array.from({ length: 200 }, attempt)).then((all) => {
      done = true
      return all
    })
    ends = performance.now() + 10_000
    const busy = await reads(() => done || performance.now() > ends)
    const statuses = await attempts
    const count = (status: number): number => statuses.filter((each) => each === status).length
    idle99.push(quantile(idle, 0.99))
    busy99.push(quantile(busy, 0.99))
    const cells = [
      quantile(idle, 0.5),
      quantile(idle, 0.99),
      quantile(busy, 0.5),
      quantile(busy, 0.99),
    ]
    const shown = cells.map((ms) => `${ms.toFixed(1)} ms`).join(' | ')
    console.log(`| ${round} | ${shown} | ${count(401)} / ${count(503)} |`)
  }
  const limit = quantile(idle99, 0.5) + 3 * comparison
  console.log(
    `\none comparison, with its pause: ${comparison.toFixed(0)} ms; median p99 ${quantile(busy99, 0.5).toFixed(0)} ms against a limit of ${limit.toFixed(0)} ms`,
  )
  await rig.stop()
  return quantile(busy99, 0.5) <= limit ? 0 : 1
}

process.exitCode = await main()
