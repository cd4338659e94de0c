import { spawnSync } from 'node:child_process'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join, resolve } from 'node:path'
import { expect, test } from '@playwright/test'
import { build } from 'esbuild'

/** What a program prints that gathers its log, and how it ends. */
async function printed(program: string): Promise<{ stdout: string; status: number | null }> {
  const folder = mkdtempSync(join(tmpdir(), 'usher-log-'))
  try {
    const entry = join(folder, 'entry.ts')
    const file = join(folder, 'program.mjs')
    const source = JSON.stringify(resolve('local/log-lines.ts'))
    writeFileSync(entry, `import { gatherLog } from ${source}\n${program}`)
    await build({
      entryPoints: [entry],
      outfile: file,
      bundle: true,
      platform: 'node',
      format: 'esm',
    })
    return spawnSync(process.execPath, [file], { encoding: 'utf8' })
  } finally {
    rmSync(folder, { recursive: true })
  }
}

test('lines of one turn are one write, in their order, and format as console.log does', async () => {
  const { stdout } = await printed(`
    const writes = []
    gatherLog((lines) => writes.push(lines))
    console.log('one'); console.log('%s and %d', 'two', 2); console.log({ a: 1 }); console.log('100 %s')
    setTimeout(() => {
      console.log('later')
      setTimeout(() => process.stdout.write(JSON.stringify(writes)), 1)
    }, 1)`)
  expect(JSON.parse(stdout)).toEqual(['one\ntwo and 2\n{ a: 1 }\n100 %s\n', 'later\n'])
})

test('no line is lost when the process ends, or breaks', async () => {
  const ended = await printed("gatherLog(); console.log('last'); process.exit(4)")
  expect([ended.status, ended.stdout]).toEqual([4, 'last\n'])
  const broken = await printed("gatherLog(); console.log('last'); throw new Error('broken')")
  expect([broken.status, broken.stdout]).toEqual([1, 'last\n'])
})
