import { existsSync, mkdirSync, readdirSync, statSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { parseArgs } from 'node:util'
import { type Program, runProgram } from '../test/support/processes.ts'
import { functionSizes } from '../test/support/sizes.ts'
import { measureGrowth } from './growth.ts'
import { EMPTY, JOBS, type Job } from './jobs.ts'
import { markdown, promiseTable } from './markdown.ts'
import { cost, measure, restCallCpuMs, type Way, warmUp } from './measure.ts'
import { coldStart, deniedTrips } from './once.ts'
import { plot } from './plot.ts'
import { pressure } from './pressure.ts'
import type { Results } from './results.ts'
import { startStore } from './store.ts'
import { isAvailable, NEXT_PEERS, type Running, SUBJECTS, type Subject, start } from './subjects.ts'
import { targets } from './targets.ts'

const FAR_MS = 25
const PRESSURE_SECONDS = 5
const [SMALL, LARGE] = [1_000, 1_000_000]
const isUsher = ({ kind }: Subject): boolean => kind === 'usher' || kind === 'direct'
const USHERS = SUBJECTS.filter(isUsher).map(({ name }) => name)

const HELP = `npm run bench [-- options]

Usher's hosts and the peers of bench/peers, one after the other in every round: a get, a list of 50, a
sign-in and a refresh near the store, and reads ${FAR_MS} ms away from it. Writes bench/results.md and
bench/results.svg when nothing was left out, and ends with 1 when a promise is not kept.

  --rounds 3        rounds; medians are of these
  --seconds 1       for each cell of a round
  --users 400       who get and list in turn
  --only get,list   jobs: ${JOBS.map(({ name }) => name).join(', ')}
  --hosts node,…    subjects: ${SUBJECTS.map(({ name }) => name).join(', ')}
  --out folder      write there whatever was left out

npm run bench -- <soak|usage|back-pressure|scale|world|keeping|month|loading|pages> [--help]: other measurements.`

interface Options {
  rounds: number
  seconds: number
  users: number
  jobs: Job[]
  subjects: Subject[]
  /** Nothing is left out. */
  whole: boolean
  /** Undefined when nothing is to be written. */
  out: string | undefined
}

/** Ended at the end, however it comes. */
const programs = new Set<Program>()

const say = (line: string): void => {
  const seconds = Math.round(performance.now() / 1_000)
  const clock = `${Math.floor(seconds / 60)}:${String(seconds % 60).padStart(2, '0')}`
  process.stderr.write(`${clock} ${line}\n`)
}

async function main(): Promise<number> {
  const options = parse()
  if (options === undefined) return 0
  for (const signal of ['SIGINT', 'SIGTERM'] as const)
    process.once(signal, () => void stopAll().then(() => process.exit(130)))
  try {
    const results = await run(options)
    return report(options, results)
  } finally {
    await stopAll()
  }
}

async function run(options: Options): Promise<Results> {
  const { users } = options
  // Nothing is measured yet: what has to be there is made side by side.
  const [store] = await Promise.all([
    startStore(FAR_MS, users, keep),
    ...NEXT_PEERS.map((peer) => buildPeer(peer, options.subjects)),
  ])
  const results: Results = {
    rounds: options.rounds,
    seconds: options.seconds,
    users,
    redisVersion: store.redisVersion,
    subjects: options.subjects.map(({ name }) => name),
    samples: [],
    costs: [],
    restCallCpuMs: [],
    coldStarts: [],
    denied: undefined,
    pressure: undefined,
    growth: [],
    sizes: functionSizes(),
  }
  for (const delayMs of [0, FAR_MS]) await phase(options, results, { store, delayMs })
  const ushers = options.subjects.filter(isUsher)
  for (const subject of ushers) {
    say(`cold starts of ${subject.name}`)
    results.coldStarts.push(await coldStart(subject, store, keep))
  }
  const [any] = ushers
  if (any !== undefined) results.denied = await deniedTrips(any, store, keep)
  const serve = options.subjects.find(({ kind }) => kind === 'direct')
  if (serve !== undefined && options.whole) {
    say(`reads beside sign-ins of ${serve.name}`)
    const running = await start(serve, store.environment(0))
    keep(running.program)
    results.pressure = await pressure(running, store, PRESSURE_SECONDS)
    await running.program.stop()
    programs.delete(running.program)
  }
  if (options.whole) {
    say(`a collection of ${LARGE} films, and as many other keys`)
    await measureGrowth('serve', [SMALL, LARGE], LARGE, (row) => void results.growth.push(row))
  }
  return results
}

/** Starts every subject so far from the store, measures them in turns, and stops them. */
async function phase(options: Options, results: Results, way: Way): Promise<void> {
  const { rounds, seconds, jobs, subjects } = options
  const running: Running[] = []
  for (const subject of subjects) {
    if (subject.kind === 'empty' && way.delayMs > 0) continue
    say(`starting ${subject.name}, ${way.delayMs} ms from the store`)
    const started = await start(subject, way.store.environment(way.delayMs))
    keep(started.program)
    running.push(started)
    for (const job of jobsOf(subject, jobs)) {
      const found = await cost(started, job, way)
      if (way.delayMs > 0) results.costs.push(found)
      if (job.connections(way.delayMs).length > 0) await warmUp(started, job, seconds, way)
    }
  }
  for (let round = 1; round <= rounds; round++) {
    // Nobody always follows the same neighbour.
    const turn = round % running.length
    const order = [...running.slice(turn), ...running.slice(0, turn)]
    for (const job of [...jobs, EMPTY]) {
      for (const connections of job.connections(way.delayMs)) {
        const asked = order.filter(({ subject }) => jobsOf(subject, jobs).includes(job))
        if (asked.length === 0) continue
        say(
          `${way.delayMs} ms, round ${round} of ${rounds}: ${job.name}, ${connections} connections`,
        )
        for (const each of asked) {
          const cell = { connections, seconds, round }
          const sample = await measure(each, job, cell, way).catch((error) => {
            throw new Error(`${each.subject.name}, ${job.name}, ${connections}: ${error.message}`)
          })
          results.samples.push(sample)
        }
      }
    }
    if (way.delayMs === 0) results.restCallCpuMs.push(restCallCpuMs(way.store, seconds))
  }
  for (const { program } of running) {
    await program.stop()
    programs.delete(program)
  }
}

function jobsOf({ kind }: Subject, jobs: readonly Job[]): readonly Job[] {
  return kind === 'empty' ? [EMPTY] : jobs
}

function keep(program: Program): void {
  programs.add(program)
}

/** The newest first: nobody's store goes before them. */
async function stopAll(): Promise<void> {
  for (const program of [...programs].reverse()) await program.stop()
  programs.clear()
}

function report({ out }: Options, results: Results): number {
  const promises = targets(results, USHERS)
  console.log(promiseTable(promises))
  if (out === undefined)
    console.log('\nOnly a part was measured: nothing is written without --out.')
  else {
    mkdirSync(out, { recursive: true })
    writeFileSync(join(out, 'results.md'), markdown(results, promises))
    writeFileSync(join(out, 'results.svg'), plot(results, USHERS))
    console.log(`\n${join(out, 'results.md')} and ${join(out, 'results.svg')} are written.`)
  }
  return promises.some(({ met }) => met === false) ? 1 : 0
}

/** Builds a Next app among the peers, where a file of it is newer than its last build. */
async function buildPeer(
  { next, folder }: (typeof NEXT_PEERS)[number],
  subjects: readonly Subject[],
): Promise<void> {
  if (!subjects.some(({ name }) => folder.endsWith(name)) || isBuilt(folder)) return
  say(`building ${folder}`)
  const env = { ...process.env, NEXT_TELEMETRY_DISABLED: '1', NODE_ENV: 'production' }
  const built = await runProgram(process.execPath, [next, 'build', folder], env)
  if (built.code !== 0) throw new Error(`${folder}:\n${built.output}`)
}

function isBuilt(folder: string): boolean {
  const build = join(folder, '.next', 'BUILD_ID')
  if (!existsSync(build)) return false
  const sources = readdirSync(folder, { recursive: true, encoding: 'utf8' })
    .filter((name) => !name.startsWith('.next'))
    .map((name) => join(folder, name))
  return [
    join('bench', 'package-lock.json'),
    ...sources.filter((name) => statSync(name).isFile()),
  ].every((file) => statSync(file).mtimeMs <= statSync(build).mtimeMs)
}

function parse(): Options | undefined {
  const { values } = parseArgs({
    options: {
      rounds: { type: 'string', default: '3' },
      seconds: { type: 'string', default: '1' },
      users: { type: 'string', default: '400' },
      only: { type: 'string' },
      hosts: { type: 'string' },
      out: { type: 'string' },
      help: { type: 'boolean', default: false },
    },
  })
  if (values.help) {
    console.log(HELP)
    return undefined
  }
  const chosen = pick('hosts', SUBJECTS, values.hosts)
  const subjects = chosen.filter((subject) => {
    const available = isAvailable(subject)
    if (!available) say(`${subject.name}: not available`)
    return available
  })
  const whole = values.only === undefined && values.hosts === undefined
  return {
    rounds: positive('rounds', values.rounds),
    seconds: positive('seconds', values.seconds),
    users: Math.ceil(positive('users', values.users)),
    jobs: pick('only', JOBS, values.only),
    subjects,
    whole,
    out: values.out ?? (whole ? 'bench' : undefined),
  }
}

function pick<named extends { name: string }>(
  option: string,
  all: readonly named[],
  wanted: string | undefined,
): named[] {
  if (wanted === undefined) return [...all]
  return wanted.split(',').map((word) => {
    const found = all.find(({ name }) => name === word)
    if (found === undefined) throw new Error(`--${option}: there is no ${word}; see --help`)
    return found
  })
}

function positive(option: string, text: string): number {
  const number = Number(text)
  if (!(number > 0)) throw new Error(`--${option} ${text} is no positive number`)
  return number
}

try {
  process.exitCode = await main()
} catch (error) {
  console.error(error instanceof Error ? error.message : error)
  process.exitCode = 2
}
