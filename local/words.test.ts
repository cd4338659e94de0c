import { spawn, spawnSync } from 'node:child_process'
import { once } from 'node:events'
import {
  copyFileSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  rmSync,
  writeFileSync,
} from 'node:fs'
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

test('a step that a person stops is not said to have failed', async () => {
  const bin = join(folder, 'bin')
  const log = join(folder, '.usher', 'logs', 'install.log')
  mkdirSync(bin)
  // It installs for as long as nobody stops it.
  writeFileSync(join(bin, 'npm'), '#!/bin/sh\necho begun\nexec sleep 600\n', { mode: 0o755 })
  const env = { ...process.env, PATH: `${bin}:${process.env['PATH']}` }
  const up = spawn(process.execPath, ['local/run.mjs', 'up'], { cwd: folder, env })
  let output = ''
  for (const stream of [up.stdout, up.stderr]) {
    stream.on('data', (chunk) => {
      output += chunk
    })
  }
  const closed = once(up, 'close')
  await expect.poll(() => existsSync(log) && readFileSync(log, 'utf8')).toBe('begun\n')
  up.kill('SIGINT')
  expect(await closed).toEqual([130, null])
  expect(output).toBe('')
})
