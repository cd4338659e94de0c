import { spawnSync } from 'node:child_process'
import { cpSync, mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect, test } from '@playwright/test'

const root = process.cwd()
const guide = readFileSync(join(root, 'CONTRIBUTING.md'), 'utf8')

/** The fenced block of CONTRIBUTING.md after a marker. */
function block(marker: string): string {
  const fence = new RegExp(`^( *)<!-- ${marker} -->\n\\1\`\`\`ts\n([\\s\\S]*?)^\\1\`\`\``, 'm')
  const [, indent = '', found] = fence.exec(guide) ?? []
  if (found === undefined) throw new Error(`CONTRIBUTING.md has no block ${marker}`)
  return found.replaceAll(new RegExp(`^${indent}`, 'gm'), '')
}

const PROBLEM = { file: 'lib/contract/problems.ts', after: 'export const PROBLEMS = {\n' }
const QUOTA = { file: 'lib/rate-limit/policies.ts', after: 'export const POLICIES = {\n' }
const COUNTED = { file: 'lib/contract/operations.ts', after: '  generatePassword: {\n' }

const ROW = { file: 'lib/contract/operations.ts', after: 'export const contract = {\n' }
const REGISTRY = {
  file: 'lib/operations.ts',
  after: /^export const OPERATIONS.*\n/m,
}

interface Place {
  file: string
  after: string | RegExp
  /** The row stands in the place of what is found. */
  instead?: true
}

/**
 * What the compiler says of a copy of `lib` with rows put into its tables, and files besides; '' when it
 * is content.
 */
function compiled(rows: [place: Place, row: string][], files: Record<string, string> = {}): string {
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
    for (const [{ file, after, instead }, row] of rows) {
      const text = readFileSync(join(copy, file), 'utf8')
      const changed = text.replace(after, (found) => (instead ? row : found + row))
      expect(changed, file).not.toBe(text)
      writeFileSync(join(copy, file), changed)
    }
    for (const [file, text] of Object.entries(files)) writeFileSync(join(copy, file), text)
    const tsc = join(root, 'node_modules', '.bin', 'tsc')
    return spawnSync(tsc, ['--noEmit'], { cwd: copy, encoding: 'utf8' }).stdout
  } finally {
    rmSync(copy, { recursive: true })
  }
}

const OPERATION_FILE = 'lib/auth/accounts/who-am-i.ts'
const CREDENTIAL_FILE = 'lib/http/credentials/ticket.ts'
const KINDS = 'lib/http/credentials/present.ts'

// Side by side, as somebody's own would stand: the compiler takes long over each copy.
test('a problem, a quota and what it counts are a row each; an operation is its row, its use case and its place in the registry; a kind of credential its file and its line', () => {
  const rows: [Place, string][] = [
    [PROBLEM, block('problem')],
    [QUOTA, block('quota')],
    [COUNTED, block('counted')],
    [ROW, block('operation-row')],
    [REGISTRY, block('operation-registry')],
    [{ file: REGISTRY.file, after: /^/ }, "import { whoAmI } from './auth/accounts/who-am-i.ts'\n"],
    [{ file: KINDS, after: /^/ }, "import { ticket } from './ticket.ts'\n"],
    [{ file: KINDS, after: /^const KINDS.*$/m, instead: true }, block('credential-kinds')],
  ]
  const files = { [OPERATION_FILE]: block('operation'), [CREDENTIAL_FILE]: block('credential') }
  expect(compiled(rows, files)).toBe('')
})

test('an operation cannot be counted by a quota that is no row', () => {
  expect(compiled([[COUNTED, block('counted')]])).toContain('\'"imports"\' is not assignable')
})

test('an operation outside of the registry, which nobody would answer, does not compile', () => {
  expect(compiled([[ROW, block('operation-row')]])).toContain("Property 'whoAmI' is missing")
})
