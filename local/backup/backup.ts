import { existsSync } from 'node:fs'
import { type FileHandle, open, rename, stat } from 'node:fs/promises'
import { dirname } from 'node:path'
import { progressBar } from '../../seed/progress.ts'
import { FileFault } from '../kept-store/bytes.ts'
import { FileComposer, FileReader, type Position } from '../kept-store/file.ts'
import { syncFolder, verify } from '../kept-store/folder.ts'
import { encodePiece } from '../kept-store/pieces.ts'
import { Link } from './link.ts'
import { readStore } from './read.ts'
import { number } from './replies.ts'
import { Seen } from './seen.ts'
import { Fault, MARK, type Target } from './words.ts'

/**
 * Writes all that a store has into a file. Until it is whole it is called `….part`; what an earlier run
 * has in there is not read again.
 *
 * @param stopping Aborted when it is to stop after the key that is being read.
 * @returns Whether it came to the end.
 */
export async function backUp(
  target: Target,
  path: string,
  stopping: AbortSignal,
): Promise<boolean> {
  if (existsSync(path)) throw new Fault(`${path} is there already: choose another name.`)
  const part = `${path}.part`
  const seen = new Seen()
  // It is no part of what the store has.
  seen.add(Buffer.from(MARK))
  const before = existsSync(part) ? await readPart(part, target.source, seen) : undefined
  if (before !== undefined && before.keys > 0) {
    console.log(`Going on with ${part}, which has ${before.keys} keys.`)
  }
  const file = await open(part, before === undefined ? 'w' : 'r+', 0o600)
  let composer: FileComposer
  try {
    await file.truncate(before?.offset ?? 0)
    const output = outputAt(file, before?.offset ?? 0)
    composer = before === undefined ? new FileComposer() : FileComposer.behind(before)
    if (before === undefined) {
      const created = new Date().toISOString()
      await output.write(composer.head({ created, source: target.source }))
    }
    const link = new Link(target.database)
    const [size] = await link.read([['DBSIZE']])
    const total = number(size)
    const show = progressBar(target.source)
    for await (const piece of readStore(link, seen)) {
      await output.write(composer.add(encodePiece(piece), piece.last))
      if (!piece.last) continue
      // Keys that came since then are more than the bar has room for.
      if (composer.keys % 100 === 0) show(composer.keys, Math.max(total, composer.keys + 1))
      if (stopping.aborted) break
    }
    await output.write(composer.flush())
    if (!stopping.aborted) await output.write(composer.end())
    await file.sync()
    if (!stopping.aborted) show(composer.keys, composer.keys)
  } finally {
    await file.close()
  }
  if (stopping.aborted) {
    console.error(
      `\nStopped: ${composer.keys} keys are in ${part}. The same command goes on from there.`,
    )
    return false
  }
  const { keys, size } = await verify(part)
  await rename(part, path)
  await syncFolder(dirname(path))
  console.log(`${keys} keys of ${target.source} are in ${path}: ${size} bytes, checked.`)
  return true
}

/** What can be kept of a file that was not finished: all up to the last block that is whole. */
async function readPart(path: string, source: string, seen: Seen): Promise<Position | undefined> {
  if ((await stat(path)).size === 0) return undefined
  let reader: FileReader
  try {
    reader = await FileReader.open(path)
  } catch (error) {
    if (!(error instanceof FileFault)) throw error
    throw new Fault(`${path} is not of an earlier run: ${error.message}. Move it away.`)
  }
  try {
    if (reader.head.source !== source) {
      throw new Fault(`${path} is of ${reader.head.source}, not of ${source}. Move it away.`)
    }
    let good = reader.position
    let complete: Buffer[] = []
    try {
      for (let block = await reader.next(); block !== undefined; block = await reader.next()) {
        for (const { key, last } of block.pieces) if (last) complete.push(key)
        if (block.end === undefined) continue
        good = block.end
        for (const key of complete) seen.add(key)
        complete = []
      }
    } catch (error) {
      // Here it was cut off.
      if (!(error instanceof FileFault)) throw error
    }
    return good
  } finally {
    await reader.close()
  }
}

/** Writes one after the other. */
function outputAt(file: FileHandle, start: number): { write(bytes?: Buffer): Promise<void> } {
  let offset = start
  return {
    write: async (bytes = Buffer.alloc(0)) => {
      for (let at = 0; at < bytes.length; ) {
        const { bytesWritten } = await file.write(bytes, at, bytes.length - at, offset)
        at += bytesWritten
        offset += bytesWritten
      }
    },
  }
}
