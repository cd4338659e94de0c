import { readFile, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { makeClone } from '../test/support/clone.ts'
import { expect, test } from '../test/support/fixtures.ts'
import { runProgram } from '../test/support/processes.ts'

const PLANTED = `import { expect, test } from '@playwright/test'
for (const value of [1, 2]) {
  test(\`a test of \${value}\`, () => {
    console.log(['said', 'by a test'].join(' '))
    expect(value).toBe(1)
  })
}
`

test('npm test -- unit runs the unit tests alone, shows tests and not what they log, and counts in its last line', async () => {
  const clone = await makeClone()
  try {
    await writeFile(join(clone.folder, 'lib', 'planted.test.ts'), PLANTED)
    const { PATH, HOME } = process.env
    const args = ['local/run.mjs', 'test', 'unit', 'lib/planted', 'lib/http/path']
    const { code, output } = await runProgram(
      process.execPath,
      args,
      { PATH, HOME },
      { cwd: clone.folder },
    )
    expect(code, output).toBe(1)
    expect(output).toMatch(/\n\d+ passed, 1 failed\n$/)
    expect(output).not.toContain('said by a test')
    expect(output).not.toContain('build')
    const log = /\S+unit-lib-planted\.test\.ts\.log/.exec(output)?.[0] ?? ''
    expect(await readFile(join(clone.folder, log), 'utf8')).toContain('said by a test')
  } finally {
    await clone.remove()
  }
})
