import { spawnSync } from 'node:child_process'
import { cpSync, mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join, resolve } from 'node:path'
import { expect, test } from '@playwright/test'

const root = resolve(import.meta.dirname, '..')
const guide = readFileSync(join(root, 'CONTRIBUTING.md'), 'utf8')

/** The fenced block of CONTRIBUTING.md after a marker. */
function block(marker: string): string {
  const found = new RegExp(`<!-- ${marker} -->\n\`\`\`ts\n([\\s\\S]*?)\`\`\``).exec(guide)?.[1]
  if (found === undefined) throw new Error(`CONTRIBUTING.md has no block ${marker}`)
  return found
}

const PROBLEM = { file: 'lib/contract/problems.ts', after: 'export const PROBLEMS = {\n' }
const QUOTA = { file: 'lib/rate-limit/policies.ts', after: 'export const POLICIES = {\n' }
const COUNTED = { file: 'lib/contract/operations.ts', after: '  generatePassword: {\n' }

/** What the compiler says of a copy of `lib` with rows put into its tables; '' when it is content. */
function compiled(rows: [place: { file: string; after: string }, row: string][]): string {
  const copy = mkdtempSync(join(tmpdir(), 'usher-rows-'))
  try {
    cpSync(join(root, 'lib'), join(copy, 'lib'), {
      recursive: true,
      filter: (path) => !path.endsWith('.test.ts'),
    })
    symlinkSync(join(root, 'node_modules'), join(copy, 'node_modules'))
    const { compilerOptions } = JSON.parse(readFileSync(join(root, 'tsconfig.json'), 'utf8'))
    const options = { ...compilerOptions, incremental: false }
    const tsconfig = { compilerOptions: options, include: ['lib'] }
    writeFileSync(join(copy, 'tsconfig.json'), JSON.stringify(tsconfig))
    for (const [{ file, after }, row] of rows) {
      const text = readFileSync(join(copy, file), 'utf8')
      expect(text, file).toContain(after)
      writeFileSync(
        join(copy, file),
        text.replace(after, () => after + row),
      )
    }
    const tsc = join(root, 'node_modules', '.bin', 'tsc')
    return spawnSync(tsc, ['--noEmit'], { cwd: copy, encoding: 'utf8' }).stdout
  } finally {
    rmSync(copy, { recursive: true })
  }
}

test('a problem is one row, and a quota is one row and the row that it counts', () => {
  const rows: Parameters<typeof compiled>[0] = [
    [PROBLEM, block('problem')],
    [QUOTA, block('quota')],
    [COUNTED, block('counted')],
  ]
  expect(compiled(rows)).toBe('')
})

test('an operation cannot be counted by a quota that is no row', () => {
  expect(compiled([[COUNTED, block('counted')]])).toContain('\'"imports"\' is not assignable')
})
