import { readdirSync, statSync } from 'node:fs'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join, resolve } from 'node:path'
import { monitorEventLoopDelay } from 'node:perf_hooks'
import { setTimeout as sleep } from 'node:timers/promises'
import { Redis } from 'ioredis'
import type { Engine } from '../local/gateway/engine.ts'
import { keptEngine } from '../local/kept-store/kept-engine.ts'
import { killAgainAndAgain } from '../test/support/kept-server.ts'
import { startRedis } from '../test/support/processes.ts'
import { mostMemory } from './most-memory.ts'

const HELP = `npm run bench -- keeping [kills|memory|pauses]: what no test has the time for.
kills: kills a server 100 times while it is written to, and looks what is there.
memory: backup and restore of 10,000 and of 100,000 items, and the most memory that they took.
pauses: how long the embedded store with 100,000 items holds the process up while it is kept.`

async function kills(folder: string): Promise<void> {
  const writes = await killAgainAndAgain(join(folder, 'store'), 100)
  console.log(`100 kills: nothing lost, nothing half, ${writes} writes in the end.`)
}

async function memory(folder: string): Promise<void> {
  for (const items of [10_000, 100_000]) {
    const [from, to] = [await startRedis(), await startRedis()]
    const client = new Redis(from.url)
    await fill(items, (commands) => {
      const calls = commands.map(([name = '', ...words]) => [name.toLowerCase(), ...words])
      return client.pipeline(calls).exec()
    })
    client.disconnect()
    const file = join(folder, `backup of ${items}`)
    for (const [command, url] of [
      ['backup', from.url],
      ['restore', to.url],
    ] as const) {
      const begun = performance.now()
      const most = await mostMemory([resolve('dist/backup.js'), command, file], { REDIS_URL: url })
      const seconds = ((performance.now() - begun) / 1_000).toFixed(1)
      console.log(`${command} of ${items} items: ${seconds} s, ${most} MB at most`)
    }
    console.log(`  in a file of ${(statSync(file).size / 1e6).toFixed(1)} MB`)
    await Promise.all([from.stop(), to.stop()])
  }
}

/** The index is one key of 100,000 members, which the engine itself takes long to change. */
const TRAFFIC = ['idle', 'items', 'items and their index'] as const

async function pauses(folder: string): Promise<void> {
  const path = join(folder, 'store')
  const { engine } = await keptEngine(path)
  const filling = performance.now()
  await fill(100_000, (commands) => Promise.all(commands.map((words) => call(engine, words))))
  console.log(`filled in ${Math.round(performance.now() - filling)} ms`)
  for (const traffic of TRAFFIC) {
    const delay = monitorEventLoopDelay({ resolution: 1 })
    const before = newest(path)
    delay.enable()
    const until = Date.now() + 20_000
    for (let n = 0; Date.now() < until; n++) {
      const item = `item:${n % 100_000}`
      if (traffic !== 'idle') await call(engine, ['HSET', item, 'title', `Another title ${n}`])
      if (traffic === 'items and their index') {
        await call(engine, ['ZADD', 'index', String(n + 0.5), item])
      }
      await sleep(2)
    }
    delay.disable()
    const ms = (nanoseconds: number): string => (nanoseconds / 1e6).toFixed(1)
    console.log(
      `${traffic}: ${newest(path) - before} snapshots in 20 s; pauses of ${ms(delay.percentile(99))} ms (p99), ${ms(delay.max)} ms (longest)`,
    )
  }
  const begun = performance.now()
  await engine.close()
  console.log(`closed in ${Math.round(performance.now() - begun)} ms`)
  const again = performance.now()
  const { engine: second } = await keptEngine(path)
  console.log(`opened in ${Math.round(performance.now() - again)} ms`)
  const [name = ''] = snapshots(path)
  console.log(`a snapshot of ${(statSync(join(path, name)).size / 1e6).toFixed(1)} MB`)
  await second.close()
}

/** The newest first. */
function snapshots(path: string): string[] {
  const names = readdirSync(path).filter((name) => name.endsWith('.snapshot'))
  return names.sort().reverse()
}

function newest(path: string): number {
  return Number.parseInt(snapshots(path)[0] ?? '0', 10)
}

function call(engine: Engine, words: readonly string[]): Promise<unknown> {
  return engine.call(words.map((word) => Buffer.from(word)))
}

/** Items of some size, and an index of all of them. */
async function fill(
  items: number,
  send: (commands: string[][]) => Promise<unknown>,
): Promise<void> {
  for (let at = 0; at < items; at += 1_000) {
    const numbers = Array.from({ length: 1_000 }, (_, index) => at + index)
    const hashes = numbers.map((n) => {
      const fields = ['title', `Title ${n}`, 'director', `Director ${n % 997}`, 'year', '1994']
      return ['HSET', `item:${n}`, ...fields]
    })
    const index = numbers.flatMap((n) => [String(n), `item:${n}`])
    await send([...hashes, ['ZADD', 'index', ...index]])
  }
}

const JOBS = { kills, memory, pauses }

const asked = process.argv.slice(3)
if (asked.some((word) => !Object.hasOwn(JOBS, word))) {
  console.log(HELP)
  process.exit(asked.includes('--help') ? 0 : 2)
}
for (const [name, job] of Object.entries(JOBS)) {
  if (asked.length > 0 && !asked.includes(name)) continue
  const folder = await mkdtemp(join(tmpdir(), 'usher-keeping-'))
  await job(folder)
  await rm(folder, { recursive: true })
}
