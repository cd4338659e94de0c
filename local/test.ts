import { spawn, spawnSync } from 'node:child_process'
import { cpSync, existsSync, mkdirSync, openSync, readFileSync, rmSync } from 'node:fs'
import { join } from 'node:path'
import { copyOffTheEdge } from './off-the-edge.ts'

/**
 * `npm test`: everything, on a fresh clone; the last line counts. Words go on to Playwright; `unit` and
 * `integration` are the tests beside the source alone. What tools and servers say goes to files: the screen shows tests.
 */
const words = process.argv.slice(2)
const RESULTS = 'test-results'
const LOGS = join(RESULTS, 'logs')
const REPORT = join(RESULTS, 'report.json')
const bin = (name: string): string => join('node_modules', '.bin', name)

interface Tool {
  command: string
  debian: string
  what: string
}

/** Unit tests need none, and those beside the source the first alone. */
const TOOLS: Tool[] = [
  { command: 'redis-server', debian: 'redis-server', what: 'Redis' },
  { command: process.env['CHROMIUM'] ?? '/usr/bin/chromium', debian: 'chromium', what: 'Chromium' },
]

interface Counted {
  passed: number
  failed: number
}

type Step = readonly [name: string, command: string, args: readonly string[]]

const BUILD: Step = ['build', process.execPath, ['local/run.mjs', 'build']]
const STEPS: readonly Step[] = [
  ['format and lint', bin('biome'), ['check', '--error-on-warnings', '.']],
  ['types', bin('tsc'), ['--noEmit']],
  BUILD,
]

/** What can only hold at the edge: how large its functions are, and that they run elsewhere unchanged. */
const ABOUT_THE_EDGE = String.raw`/(sizes|next-workerd)\.spec\.ts`

async function main(): Promise<number> {
  if (words.includes('--help')) {
    console.log(`npm test [-- <words for playwright>]: types, lint, build, unit and e2e tests.
npm test -- unit [<words for playwright>]: the unit tests alone, which start no store and no server.
npm test -- integration [<words for playwright>]: those beside the source that do.
npm test -- --runtime nodejs [<words for playwright>]: the tests of Next's host, on a copy off the edge runtime.
What tools and servers say is in ${LOGS}.`)
    return 0
  }
  const runtime = takeRuntime()
  const [kind = ''] = words
  const isUnit = kind === 'unit'
  const isPart = isUnit || kind === 'integration'
  rmSync(RESULTS, { recursive: true, force: true })
  mkdirSync(LOGS, { recursive: true })
  // Tools come over the network while the cores check and build.
  const tools = installTools(isUnit ? [] : isPart ? TOOLS.slice(0, 1) : TOOLS)
  const chosen = isPart ? [`--project=${kind}`, ...words.slice(1)] : words
  const { passed, failed } =
    runtime === 'nodejs'
      ? await testOffTheEdge(chosen, tools)
      : await testSteps(isPart ? [] : STEPS, chosen, tools)
  if (failed > 0) console.log(`\nWhat tools, servers and tests have logged: ${LOGS}`)
  console.log(`\n${passed} passed, ${failed} failed`)
  return failed === 0 ? 0 : 1
}

/** Takes `--runtime <name>` from the words; ends the process when there is no such runtime. */
function takeRuntime(): string {
  const at = words.findIndex((word) => /^--runtime(=|$)/.test(word))
  if (at < 0) return 'edge'
  const [option = ''] = words.splice(at, 1)
  const name = option.split('=')[1] ?? words.splice(at, 1)[0] ?? ''
  if (name === 'edge' || name === 'nodejs') return name
  console.error('--runtime is edge, which is what it is without, or nodejs.')
  process.exit(2)
}

/** Runs steps, and the chosen tests if all went well and the tools are there. */
async function testSteps(
  steps: readonly Step[],
  chosen: readonly string[],
  tools: Promise<boolean>,
  cwd = '.',
): Promise<Counted> {
  const counts: Counted = { passed: 0, failed: 0 }
  // Playwright compiles every test before the first runs, on one core, and keeps that: it may as well do so meanwhile.
  const compiled =
    steps.length === 0
      ? undefined
      : run(bin('playwright'), ['test', '--list'], { cwd, log: join(LOGS, 'tests.log') })
  for (const [name, command, args] of steps) {
    const log = join(LOGS, `${name.replaceAll(' ', '-')}.log`)
    const code = await run(command, args, { cwd, log })
    console.log(code === 0 ? `${name}: passed` : `${name}: failed; what it says: ${log}`)
    if (code === 0) counts.passed++
    else counts.failed++
  }
  if (!(await tools)) counts.failed++
  await compiled
  if (counts.failed > 0) return counts
  const code = await run(bin('playwright'), ['test', ...chosen], { cwd })
  const counted = countTests(cwd)
  counts.passed += counted.passed
  // A runner that stops before its tests do must not look like a success.
  counts.failed += code !== 0 && counted.failed === 0 ? 1 : counted.failed
  return counts
}

/** Builds a copy that has left Next's edge runtime, and runs the tests of Next's host on it. */
async function testOffTheEdge(
  chosen: readonly string[],
  tools: Promise<boolean>,
): Promise<Counted> {
  console.log('Copying the project off the edge runtime…')
  const stop = new AbortController()
  for (const signal of SIGNALS) process.once(signal, () => stop.abort())
  const copy = await copyOffTheEdge(stop.signal)
  try {
    const tests = ['--project=next', `--grep-invert=${ABOUT_THE_EDGE}`, ...chosen]
    return await testSteps([BUILD], tests, tools, copy.folder)
  } finally {
    const results = join(copy.folder, RESULTS)
    if (existsSync(results)) cpSync(results, RESULTS, { recursive: true })
    await copy.remove()
  }
}

/**
 * Installs what the tests need by Debian's package manager. Where there is none it says what to do, and ends.
 *
 * @returns Whether all of it is there.
 */
async function installTools(tools: readonly Tool[]): Promise<boolean> {
  const missing = tools.filter(({ command }) => spawnSync(command, ['--version']).status !== 0)
  if (missing.length === 0) return true
  if (process.getuid?.() !== 0 || spawnSync('apt-get', ['--version']).status !== 0) {
    for (const { what, debian } of missing) {
      console.error(`The tests need ${what}: install it (Debian: apt-get install ${debian}).`)
    }
    process.exit(1)
  }
  const packages = missing.map(({ debian }) => debian)
  console.log(`Installing ${packages.join(', ')}…`)
  const log = join(LOGS, 'apt-get.log')
  const env = { ...process.env, DEBIAN_FRONTEND: 'noninteractive' }
  await run('apt-get', ['update', '-qq'], { log, env })
  const install = ['install', '-y', '-qq', '--no-install-recommends', ...packages]
  const code = await run('apt-get', install, { log, env })
  if (code !== 0) console.error(`apt-get failed; what it says: ${log}`)
  return code === 0
}

interface Run {
  cwd?: string
  /** The file that gets what it says; undefined for the screen. */
  log?: string
  env?: NodeJS.ProcessEnv
}

function run(command: string, args: readonly string[], { log, ...place }: Run): Promise<number> {
  const output = log === undefined ? 'inherit' : openSync(log, 'a')
  const child = spawn(command, args, { ...place, stdio: ['inherit', output, output] })
  const stop = (signal: NodeJS.Signals): void => void child.kill(signal)
  for (const signal of SIGNALS) process.on(signal, stop)
  return new Promise<number>((resolve, reject) => {
    child.once('error', reject)
    child.once('exit', (code) => resolve(code ?? 1))
  }).finally(() => {
    for (const signal of SIGNALS) process.off(signal, stop)
  })
}

const SIGNALS = ['SIGINT', 'SIGTERM'] as const

interface Report {
  stats: { expected: number; unexpected: number; flaky: number; skipped: number }
}

/** What Playwright counted. A skipped or flaky test is a failed one: nothing is skipped silently. */
function countTests(folder: string): Counted {
  const file = join(folder, REPORT)
  if (!existsSync(file)) return { passed: 0, failed: 0 }
  const report: Report = JSON.parse(readFileSync(file, 'utf8'))
  const { expected, unexpected, flaky, skipped } = report.stats
  return { passed: expected, failed: unexpected + flaky + skipped }
}

process.exitCode = await main()
