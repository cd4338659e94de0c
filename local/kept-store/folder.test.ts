import { mkdtempSync, readdirSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect, test } from '@playwright/test'
import { type EncodedKey, SnapshotFolder } from './folder.ts'

/** A disk that is full says so in the middle. */
function* untilFull(): Iterable<EncodedKey> {
  yield [Buffer.from('a key')]
  throw new Error('ENOSPC')
}

test('a snapshot that could not be written leaves nothing: the next one needs its room', async () => {
  const path = mkdtempSync(join(tmpdir(), 'usher-folder-'))
  try {
    const folder = new SnapshotFolder(path)
    await expect(folder.write(untilFull())).rejects.toThrow('ENOSPC')
    expect(() => folder.writeSync(untilFull())).toThrow('ENOSPC')
    expect(readdirSync(path)).toEqual([])
  } finally {
    rmSync(path, { recursive: true })
  }
})
