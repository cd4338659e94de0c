import {
  closeSync,
  existsSync,
  fsync,
  fsyncSync,
  lstatSync,
  mkdirSync,
  openSync,
  readdirSync,
  renameSync,
  rmSync,
  write,
  writeSync,
} from 'node:fs'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { FileFault } from './bytes.ts'
import { FileComposer, type FileHead, FileReader } from './file.ts'
import type { Piece } from './pieces.ts'

/** The encoded pieces of one key. */
export type EncodedKey = readonly Buffer[]

/** A snapshot that is not used, and why. */
export interface SetAside {
  name: string
  reason: string
  /** What it is called now. */
  aside: string
}

/** What a start finds in its folder. */
export interface Found {
  /** Undefined where no snapshot was whole. */
  snapshot: { name: string; created: string; keys: number } | undefined
  setAside: SetAside[]
}

const SNAPSHOT = /^(\d{12})\.snapshot$/
/** A snapshot that is being written. */
const UNFINISHED = /^\d{12}\.snapshot\.part$/
/** So much is written at once: each time others get their turn. */
const WRITE_BYTES = 4 * 1_024 * 1_024
/** The newest, and the one before. */
const KEPT = 2

/** The snapshots of a store: numbered files, each whole. Who writes holds the folder's lock. */
export class SnapshotFolder {
  readonly path: string
  #next = 1

  constructor(path: string) {
    this.path = path
  }

  /** Makes the folder, for this user alone. */
  make(): void {
    if (existsSync(this.path)) return
    mkdirSync(this.path, { recursive: true, mode: 0o700 })
  }

  /** Moves all snapshots to a folder beside them. @returns Its path; undefined when there is none. */
  setAllAside(): string | undefined {
    const names = this.#names()
    if (names.length === 0) return undefined
    const aside = join(this.path, `aside-${stamp()}`)
    mkdirSync(aside, { mode: 0o700 })
    for (const name of names) renameSync(join(this.path, name), join(aside, name))
    syncFolderNow(this.path)
    return aside
  }

  /**
   * Hands over the pieces of the newest snapshot that is whole. Those that are not are renamed, never
   * deleted. Each is checked to its end before the first piece is handed over.
   */
  async load(visit: (piece: Piece) => void): Promise<Found> {
    for (const name of readdirSync(this.path)) {
      if (UNFINISHED.test(name)) rmSync(join(this.path, name))
    }
    const setAside: SetAside[] = []
    const names = this.#names()
    this.#next = Number(SNAPSHOT.exec(names[0] ?? '')?.[1] ?? 0) + 1
    for (const name of names) {
      const path = join(this.path, name)
      try {
        if (!lstatSync(path).isFile()) throw new FileFault('it is no file')
        await verify(path)
        const { head, keys } = await readAll(path, visit)
        return { snapshot: { name, created: head.created, keys }, setAside }
      } catch (error) {
        if (!(error instanceof FileFault)) throw error
        const aside = `${name}.damaged-${stamp()}`
        renameSync(path, join(this.path, aside))
        setAside.push({ name, reason: error.message, aside })
      }
    }
    return { snapshot: undefined, setAside }
  }

  /** Writes a snapshot; when it returns, it is on the disk and the one before the last is gone. */
  async write(keys: Iterable<EncodedKey>): Promise<void> {
    const { path, part } = this.#newNames()
    // Whoever holds the process up with slow commands holds this up at each step that waits: few do.
    const file = openSync(part, 'w', 0o600)
    try {
      let blocks: Buffer[] = []
      let length = 0
      for (const bytes of bytesOf(keys)) {
        blocks.push(bytes)
        length += bytes.length
        if (length < WRITE_BYTES) continue
        await writeAll(file, Buffer.concat(blocks))
        blocks = []
        length = 0
      }
      await writeAll(file, Buffer.concat(blocks))
      await syncLater(file)
    } catch (error) {
      // On a disk that is full the next try needs its room.
      rmSync(part, { force: true })
      throw error
    } finally {
      closeSync(file)
    }
    renameSync(part, path)
    await syncFolder(this.path)
    for (const old of this.#old()) rmSync(old)
  }

  /** The same for a process that is ending and cannot wait. */
  writeSync(keys: Iterable<EncodedKey>): void {
    const { path, part } = this.#newNames()
    const file = openSync(part, 'w', 0o600)
    try {
      for (const bytes of bytesOf(keys)) {
        for (let at = 0; at < bytes.length; ) at += writeSync(file, bytes, at)
      }
      fsyncSync(file)
    } catch (error) {
      rmSync(part, { force: true })
      throw error
    } finally {
      closeSync(file)
    }
    renameSync(part, path)
    syncFolderNow(this.path)
    for (const old of this.#old()) rmSync(old)
  }

  #newNames(): { path: string; part: string } {
    const name = `${String(this.#next++).padStart(12, '0')}.snapshot`
    return { path: join(this.path, name), part: join(this.path, `${name}.part`) }
  }

  /** What is older than the snapshots that are kept. */
  #old(): string[] {
    return this.#names()
      .slice(KEPT)
      .map((name) => join(this.path, name))
  }

  /** The newest first. */
  #names(): string[] {
    const names = existsSync(this.path) ? readdirSync(this.path) : []
    return names
      .filter((name) => SNAPSHOT.test(name))
      .sort()
      .reverse()
  }
}

const writeLater = promisify(write)
const syncLater = promisify(fsync)

async function writeAll(file: number, bytes: Buffer): Promise<void> {
  for (let at = 0; at < bytes.length; ) {
    at += (await writeLater(file, bytes, at)).bytesWritten
  }
}

function* bytesOf(keys: Iterable<EncodedKey>): Generator<Buffer> {
  const composer = new FileComposer()
  const head: FileHead = { created: new Date().toISOString(), source: 'the embedded store' }
  yield composer.head(head)
  for (const pieces of keys) {
    for (const [index, piece] of pieces.entries()) {
      const block = composer.add(piece, index === pieces.length - 1)
      if (block !== undefined) yield block
    }
  }
  const rest = composer.flush()
  if (rest !== undefined) yield rest
  yield composer.end()
}

/** What a whole file says of itself. */
export interface Verified {
  head: FileHead
  keys: number
  size: number
  /** No other file has it. */
  name: string
}

/**
 * Reads a file to its end.
 *
 * @throws FileFault when it is not whole.
 */
export async function verify(path: string): Promise<Verified> {
  return readAll(path, () => undefined)
}

async function readAll(path: string, visit: (piece: Piece) => void): Promise<Verified> {
  const reader = await FileReader.open(path)
  try {
    for (let block = await reader.next(); block !== undefined; block = await reader.next()) {
      for (const piece of block.pieces) visit(piece)
    }
    const { head, size, name = '' } = reader
    return { head, keys: reader.position.keys, size, name }
  } finally {
    await reader.close()
  }
}

/** A name in a folder is on the disk when its folder is. */
export async function syncFolder(path: string): Promise<void> {
  // Windows has no handle of a folder to do it with.
  if (process.platform === 'win32') return
  const folder = openSync(path, 'r')
  try {
    await syncLater(folder)
  } finally {
    closeSync(folder)
  }
}

function syncFolderNow(path: string): void {
  if (process.platform === 'win32') return
  const folder = openSync(path, 'r')
  try {
    fsyncSync(folder)
  } finally {
    closeSync(folder)
  }
}

function stamp(): string {
  return new Date().toISOString().replace(/[:.]/g, '-')
}
