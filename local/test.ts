import { spawn, spawnSync } from 'node:child_process'
import { readFileSync } from 'node:fs'
import { join } from 'node:path'

/** `npm test`: everything, on a fresh clone; the last line counts. Words go on to Playwright. */
const words = process.argv.slice(2)
const bin = (name: string): string => join('node_modules', '.bin', name)

interface Tool {
  command: string
  debian: string
  what: string
}

const TOOLS: Tool[] = [
  { command: 'redis-server', debian: 'redis-server', what: 'Redis' },
  { command: process.env['CHROMIUM'] ?? '/usr/bin/chromium', debian: 'chromium', what: 'Chromium' },
]

async function main(): Promise<number> {
  if (words.includes('--help')) {
    console.log(`npm test: types, lint, build, unit and e2e tests.
npm test -- unit: the unit tests alone, which need no build.
npm test -- <words for playwright>: some of the tests, after types, lint and build.`)
    return 0
  }
  installTools()
  const [first, ...rest] = words
  const unit = first === 'unit'
  const steps: [name: string, command: string, args: string[]][] = unit
    ? []
    : [
        ['format and lint', bin('biome'), ['check', '--error-on-warnings', '.']],
        ['types', bin('tsc'), ['--noEmit']],
        ['build', process.execPath, ['local/run.mjs', 'build']],
      ]
  let passed = 0
  let failed = 0
  for (const [name, command, args] of steps) {
    console.log(`\n— ${name}`)
    if ((await run(command, args)) === 0) passed++
    else failed++
  }
  if (failed === 0) {
    console.log('\n— tests')
    const code = await run(bin('playwright'), [
      'test',
      ...(unit ? ['--project=unit', ...rest] : words),
    ])
    const counted = countTests()
    passed += counted.passed
    failed += counted.failed
    // A runner that stops before its tests do must not look like a success.
    if (code !== 0 && counted.failed === 0) failed++
  }
  console.log(`\n${passed} passed, ${failed} failed`)
  return failed === 0 ? 0 : 1
}

/** Installs what the tests need by Debian's package manager, where it can; else says what to do. */
function installTools(): void {
  const missing = TOOLS.filter(({ command }) => spawnSync(command, ['--version']).status !== 0)
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

function run(command: string, args: string[]): Promise<number> {
  const child = spawn(command, args, { stdio: 'inherit' })
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
  const report: Report = JSON.parse(readFileSync('test-results/report.json', 'utf8'))
  const { expected, unexpected, flaky, skipped } = report.stats
  return { passed: expected, failed: unexpected + flaky + skipped }
}

process.exitCode = await main()
