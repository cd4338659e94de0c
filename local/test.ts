import { spawn, spawnSync } from 'node:child_process'
import { existsSync, mkdirSync, openSync, readFileSync, rmSync } from 'node:fs'
import { join } from 'node:path'

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

async function main(): Promise<number> {
  if (words.includes('--help')) {
    console.log(`npm test [-- <words for playwright>]: types, lint, build, unit and e2e tests.
npm test -- unit [<words for playwright>]: the unit tests alone, which start no store and no server.
npm test -- integration [<words for playwright>]: those beside the source that do.
What tools and servers say is in ${LOGS}.`)
    return 0
  }
  const [kind = ''] = words
  const isUnit = kind === 'unit'
  const isPart = isUnit || kind === 'integration'
  rmSync(RESULTS, { recursive: true, force: true })
  mkdirSync(LOGS, { recursive: true })
  installTools(isUnit ? [] : isPart ? TOOLS.slice(0, 1) : TOOLS)
  const steps: [name: string, command: string, args: string[]][] = [
    ['format and lint', bin('biome'), ['check', '--error-on-warnings', '.']],
    ['types', bin('tsc'), ['--noEmit']],
    ['build', process.execPath, ['local/run.mjs', 'build']],
  ]
  let passed = 0
  let failed = 0
  for (const [name, command, args] of isPart ? [] : steps) {
    const log = join(LOGS, `${name.replaceAll(' ', '-')}.log`)
    const code = await run(command, args, log)
    console.log(code === 0 ? `${name}: passed` : `${name}: failed; what it says: ${log}`)
    if (code === 0) passed++
    else failed++
  }
  if (failed === 0) {
    const chosen = isPart ? [`--project=${kind}`, ...words.slice(1)] : words
    const code = await run(bin('playwright'), ['test', ...chosen])
    const counted = countTests()
    passed += counted.passed
    failed += counted.failed
    // A runner that stops before its tests do must not look like a success.
    if (code !== 0 && counted.failed === 0) failed++
  }
  if (failed > 0) console.log(`\nWhat tools, servers and tests have logged: ${LOGS}`)
  console.log(`\n${passed} passed, ${failed} failed`)
  return failed === 0 ? 0 : 1
}

/** Installs what the tests need by Debian's package manager, where it can; else says what to do. */
function installTools(tools: readonly Tool[]): void {
  const missing = tools.filter(({ command }) => spawnSync(command, ['--version']).status !== 0)
  if (missing.length === 0) return
  const packages = missing.map(({ debian }) => debian)
  if (process.getuid?.() === 0 && spawnSync('apt-get', ['--version']).status === 0) {
    console.log(`Installing ${packages.join(', ')}…`)
    const env = { ...process.env, DEBIAN_FRONTEND: 'noninteractive' }
    const quiet = { env, stdio: ['ignore', 'ignore', 'inherit'] as ('ignore' | 'inherit')[] }
    spawnSync('apt-get', ['update', '-qq'], quiet)
    const install = ['install', '-y', '-qq', '--no-install-recommends', ...packages]
    if (spawnSync('apt-get', install, quiet).status === 0) return
  }
  for (const { what, debian } of missing) {
    console.error(`The tests need ${what}: install it (Debian: apt-get install ${debian}).`)
  }
  process.exit(1)
}

/** @param log The file that gets what it says; undefined for the screen. */
function run(command: string, args: string[], log?: string): Promise<number> {
  const output = log === undefined ? 'inherit' : openSync(log, 'w')
  const child = spawn(command, args, { stdio: ['inherit', output, output] })
  for (const signal of ['SIGINT', 'SIGTERM'] as const)
    process.once(signal, () => child.kill(signal))
  return new Promise((resolve, reject) => {
    child.once('error', reject)
    child.once('exit', (code) => resolve(code ?? 1))
  })
}

interface Report {
  stats: { expected: number; unexpected: number; flaky: number; skipped: number }
}

/** What Playwright counted. A skipped or flaky test is a failed one: nothing is skipped silently. */
function countTests(): { passed: number; failed: number } {
  if (!existsSync(REPORT)) return { passed: 0, failed: 0 }
  const report: Report = JSON.parse(readFileSync(REPORT, 'utf8'))
  const { expected, unexpected, flaky, skipped } = report.stats
  return { passed: expected, failed: unexpected + flaky + skipped }
}

process.exitCode = await main()
