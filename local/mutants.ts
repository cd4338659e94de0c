import { spawnSync } from 'node:child_process'
import {
  cpSync,
  existsSync,
  mkdtempSync,
  readFileSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs'
import { tmpdir } from 'node:os'
import { join, resolve } from 'node:path'
import { MUTANTS } from './mutants/all.ts'
import { PROJECTS, plant, type TestFile } from './mutants/mutant.ts'

/** Plants each fault in a copy of the project and says whether a test noticed. */
function main(): number {
  const wanted = process.argv.slice(2)
  const chosen = MUTANTS.filter(
    ({ name }) => wanted.length === 0 || wanted.some((word) => name.includes(word)),
  )
  if (chosen.length === 0) {
    console.error(`No planted fault has ${wanted.join(' or ')} in its name.`)
    return 2
  }
  const copy = mkdtempSync(join(tmpdir(), 'usher-mutants-'))
  process.once('exit', () => rmSync(copy, { recursive: true, force: true }))
  // New files too, but not what git ignores or what was deleted.
  const listed = ['ls-files', '-co', '--exclude-standard']
  const files = spawnSync('git', listed, { encoding: 'utf8' })
    .stdout.trim()
    .split('\n')
    .filter((file) => existsSync(file))
  // Besides what git knows the document, which the build has made: the API imports it.
  files.push('lib/openapi/openapi.json')
  for (const file of files) cpSync(file, join(copy, file), { recursive: true })
  symlinkSync(resolve('node_modules'), join(copy, 'node_modules'))

  const rows: string[] = []
  let survived = 0
  bundle(copy)
  for (const mutant of chosen) {
    const path = join(copy, mutant.file)
    const source = readFileSync(path, 'utf8')
    writeFileSync(path, plant(source, mutant))
    const isNoticed = testsFail(copy, mutant.tests)
    writeFileSync(path, source)
    if (!isNoticed) survived++
    rows.push(`| ${mutant.name} | ${mutant.file} | ${isNoticed ? 'red' : 'SURVIVED'} |`)
    console.log(rows.at(-1))
  }
  console.log(`\n| planted fault | file | suite |\n|---|---|---|\n${rows.join('\n')}`)
  return survived === 0 ? 0 : 1
}

interface Report {
  stats: { expected: number; unexpected: number }
}

/** @throws Error Where what is planted does not bundle. */
function bundle(folder: string): void {
  const options = { cwd: folder, encoding: 'utf8' as const, timeout: 300_000 }
  const bundled = spawnSync(process.execPath, ['local/run.mjs', 'bundle'], options)
  if (bundled.status !== 0) throw new Error(`it does not bundle:\n${bundled.stderr}`)
}

/** @throws Error Where no test ran: nothing was noticed then, and nothing was missed. */
function testsFail(folder: string, tests: readonly TestFile[]): boolean {
  const options = { cwd: folder, encoding: 'utf8' as const, timeout: 300_000 }
  // Tests of `lib` ask its sources; the others start programs.
  if (tests.some((test) => !test.startsWith('lib/'))) bundle(folder)
  const report = join(folder, 'test-results', 'report.json')
  rmSync(report, { force: true })
  const playwright = join('node_modules', '.bin', 'playwright')
  const projects = [...PROJECTS.map((name) => `--project=${name}`), '--max-failures=1']
  const env = { ...process.env, HOSTS: 'all' }
  const ran = spawnSync(playwright, ['test', ...projects, ...tests], { ...options, env })
  // One that hangs is noticed, too.
  if (ran.status === null) return true
  const { expected, unexpected }: Report['stats'] = JSON.parse(readFileSync(report, 'utf8')).stats
  if (expected + unexpected === 0) throw new Error(`no test ran:\n${ran.stdout}`)
  return unexpected > 0
}

process.exitCode = main()
