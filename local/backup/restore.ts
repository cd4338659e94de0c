import { progressBar } from '../../seed/progress.ts'
import { FileFault } from '../kept-store/bytes.ts'
import { FileReader } from '../kept-store/file.ts'
import { type Verified, verify } from '../kept-store/folder.ts'
import { type Command, Link, type Word } from './link.ts'
import { number, text } from './replies.ts'
import { Fault, MARK, type Target } from './words.ts'
import { commandsOf } from './write.ts'

/** Of one request: stores take no more at once. */
const MOST_COMMANDS = 500
const MOST_BYTES = 400 * 1_024

/**
 * Puts all that a file has into a store, with its types and times. The file is checked to its end before
 * anything is written. How far it came is kept in the store itself: the same command goes on.
 *
 * @param intoUsed Whether the store may have keys: those of the same name are replaced, others stay.
 * @param stopping Aborted when it is to stop after the block that is being written.
 * @returns Whether it came to the end.
 */
export async function restore(
  target: Target,
  path: string,
  intoUsed: boolean,
  stopping: AbortSignal,
): Promise<boolean> {
  const file = await verified(path)
  const link = new Link(target.database)
  const begun = await beginning(link, target, file, intoUsed)
  const reader = await FileReader.open(path)
  const show = progressBar(target.source)
  let done = begun?.keys ?? 0
  try {
    if (begun === undefined) await link.write([mark(file, reader.position)])
    else await reader.goTo(begun)
    for (let block = await reader.next(); block !== undefined; block = await reader.next()) {
      await send(
        link,
        block.pieces.flatMap((piece) => commandsOf(piece, Date.now())),
      )
      if (block.end === undefined) continue
      await link.write([mark(file, block.end)])
      done = block.end.keys
      show(done, file.keys)
      if (stopping.aborted && done < file.keys) throw new Stopped()
    }
    await link.write([['DEL', MARK]])
  } catch (error) {
    const why = error instanceof Error ? error.message : String(error)
    console.error(
      `\n${why}. ${done} of ${file.keys} keys are written. The same command goes on from there.`,
    )
    return false
  } finally {
    await reader.close()
  }
  console.log(`${file.keys} keys of ${file.head.created} are in ${target.source}.`)
  return true
}

class Stopped extends Error {
  constructor() {
    super('Stopped')
  }
}

async function verified(path: string): Promise<Verified> {
  try {
    return await verify(path)
  } catch (error) {
    if (!(error instanceof FileFault)) throw error
    throw new Fault(`${path} is damaged: ${error.message}. Nothing was written.`)
  }
}

/** @returns Where an earlier run of the same file stopped. */
async function beginning(
  link: Link,
  { source }: Target,
  file: Verified,
  intoUsed: boolean,
): Promise<{ offset: number; keys: number } | undefined> {
  const [found, size] = await link.read([['GET', MARK], ['DBSIZE']])
  const [name, offset, keys] = Buffer.isBuffer(found) ? text(found).split(' ') : []
  if (name === file.name) {
    console.log(`Going on: ${keys} of ${file.keys} keys are there.`)
    return { offset: Number(offset), keys: Number(keys) }
  }
  if (intoUsed) return undefined
  if (name !== undefined) {
    throw new Fault(
      `Another file was being restored into ${source}, and not to its end: restore that one, or add --into-used. Nothing was written.`,
    )
  }
  const used = number(size)
  if (used > 0) {
    throw new Fault(
      `${source} has ${used} keys. --into-used replaces those that the file has, too, and leaves the others. Nothing was written.`,
    )
  }
  return undefined
}

function mark(file: Verified, { offset, keys }: { offset: number; keys: number }): Command {
  return ['SET', MARK, `${file.name} ${offset} ${keys}`]
}

/** In requests that a store takes. */
async function send(link: Link, commands: readonly Command[]): Promise<void> {
  let batch: Command[] = []
  let bytes = 0
  for (const command of commands) {
    const length = command.reduce((sum, word) => sum + lengthOf(word), 0)
    if (batch.length >= MOST_COMMANDS || (batch.length > 0 && bytes + length > MOST_BYTES)) {
      await link.write(batch)
      batch = []
      bytes = 0
    }
    batch.push(command)
    bytes += length
  }
  await link.write(batch)
}

function lengthOf(word: Word): number {
  return Buffer.byteLength(word)
}
