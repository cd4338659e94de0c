import { spawnSync } from 'node:child_process'
import { copyFileSync, existsSync, mkdirSync, mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect, test } from '@playwright/test'

const COMMANDS = [
  ['up', '--freesh'],
  ['up', 'fresh'],
  ['dev', '--port'],
  ['build', '--nope'],
  ['start', '3001'],
  ['serve', '--port'],
  ['workerd', '--nope'],
  ['next-workerd', '--nope'],
  ['openapi', 'one.json', 'two.json'],
  ['client', 'here'],
  ['screenshots', '--nope'],
  ['common-passwords', '--nope'],
] as const

/** A clone in which nothing is installed: whatever asks for a package fails. */
let folder: string
test.beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'usher-words-'))
  mkdirSync(join(folder, 'local'))
  for (const file of ['run.mjs', 'words.mjs']) {
    copyFileSync(join('local', file), join(folder, 'local', file))
  }
})
test.afterAll(() => rmSync(folder, { recursive: true }))

function run(...words: string[]): { status: number | null; output: string } {
  const options = { cwd: folder, encoding: 'utf8' } as const
  const { status, stdout, stderr } = spawnSync(
    process.execPath,
    ['local/run.mjs', ...words],
    options,
  )
  return { status, output: stdout + stderr }
}

for (const [command, ...words] of COMMANDS) {
  test(`npm run ${command} -- ${words.join(' ')} does nothing and says what it knows`, () => {
    const { status, output } = run(command, ...words)
    expect(status, output).toBe(2)
    expect(output).toContain(words.at(-1))
    expect(output).toContain(`${command === 'start' ? 'npm' : 'npm run'} `)
    expect(output).not.toMatch(/^\s+at /m)
    expect(run(command, '--help')).toMatchObject({ status: 0 })
    expect(existsSync(join(folder, '.usher'))).toBe(false)
  })
}

test('a command that there is not is answered with those that there are', () => {
  const { status, output } = run('upp')
  expect(status, output).toBe(2)
  expect(output).toContain('up|dev|build|start|serve')
})
