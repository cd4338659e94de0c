import { createHash } from 'node:crypto'
import { type FileHandle, open } from 'node:fs/promises'
import { ByteReader, ByteWriter, FileFault } from './bytes.ts'
import { decodePiece, type Piece } from './pieces.ts'

/*
 * A file of a store's contents: snapshots and backups alike. Numbers are little-endian.
 *
 *   head   "USHERKV\n", u32 version, u32 length of the JSON that follows, that JSON, digest
 *   block  u8 kind, u32 length of the payload, payload, digest; as many as it takes
 *
 * Each digest is the SHA-256 of the one before and of all bytes since: what is changed, missing, doubled
 * or in another order does not fit. The payload of a block of kind 1 is pieces; one block of kind 2 with
 * the number of keys is the end, and nothing follows it. A file without one was not finished.
 */
const MAGIC = Buffer.from('USHERKV\n')
const VERSION = 1
const PIECES = 1
const END = 2
const DIGEST_BYTES = 32
const BLOCK_HEAD_BYTES = 5
const LARGEST_HEAD_BYTES = 64 * 1_024
/** A block is closed when it has so much: a reader holds one in memory. */
const BLOCK_BYTES = 256 * 1_024

export interface FileHead {
  /** When it was begun, as RFC 3339 has it. */
  created: string
  /** What store it is of, by a name without a secret. */
  source: string
}

/** Makes the bytes of a file, step by step: who calls it writes them, in this order. */
export class FileComposer {
  #digest: Buffer = Buffer.alloc(0)
  #keys = 0
  #block: Buffer[] = []
  #blockLength = 0

  /** A composer that goes on behind the blocks that a reader has read. */
  static behind(position: Position): FileComposer {
    const composer = new FileComposer()
    composer.#digest = position.digest
    composer.#keys = position.keys
    return composer
  }

  get keys(): number {
    return this.#keys
  }

  head(head: FileHead): Buffer {
    const json = Buffer.from(JSON.stringify(head))
    const bytes = new ByteWriter()
    bytes.raw(MAGIC)
    bytes.u32(VERSION)
    bytes.blob(json)
    return this.#sealed(bytes.done())
  }

  /**
   * Adds an encoded piece.
   *
   * @param last Whether its key is complete with it.
   * @returns A block to write, when one is full.
   */
  add(piece: Buffer, last: boolean): Buffer | undefined {
    this.#block.push(piece)
    this.#blockLength += piece.length
    if (last) this.#keys += 1
    return this.#blockLength >= BLOCK_BYTES ? this.flush() : undefined
  }

  /** What was added and not given out yet, as a block. */
  flush(): Buffer | undefined {
    if (this.#blockLength === 0) return undefined
    const payload = Buffer.concat(this.#block)
    this.#block = []
    this.#blockLength = 0
    return this.#sealed(blockOf(PIECES, payload))
  }

  end(): Buffer {
    const count = new ByteWriter()
    count.u64(BigInt(this.#keys))
    return this.#sealed(blockOf(END, count.done()))
  }

  #sealed(bytes: Buffer): Buffer {
    this.#digest = digestOf(this.#digest, bytes)
    return Buffer.concat([bytes, this.#digest])
  }
}

/** A place in a file between two keys, and what is known of all before it. */
export interface Position {
  offset: number
  digest: Buffer
  keys: number
}

export interface Block {
  pieces: Piece[]
  /** Where it ends, when no key is left open there. */
  end: Position | undefined
}

/** Reads a file block by block; what does not fit is a {@link FileFault}. */
export class FileReader {
  readonly head: FileHead
  readonly size: number
  readonly #file: FileHandle
  #position: Position
  #open: string | undefined
  /** After the end: its digest names this file and no other. */
  #name: string | undefined

  private constructor(file: FileHandle, size: number, head: FileHead, position: Position) {
    this.#file = file
    this.size = size
    this.head = head
    this.#position = position
  }

  static async open(path: string): Promise<FileReader> {
    const file = await open(path, 'r')
    try {
      const { size } = await file.stat()
      const start = MAGIC.length + 8
      const fixed = await readAt(file, 0, Math.min(start, size))
      if (fixed.length === 0) throw new FileFault('it is empty')
      if (!fixed.subarray(0, MAGIC.length).equals(MAGIC.subarray(0, fixed.length))) {
        throw new FileFault('it is no file of a store')
      }
      if (fixed.length < start) throw new FileFault('it ends in its head')
      const numbers = new ByteReader(fixed.subarray(MAGIC.length))
      const version = numbers.u32()
      if (version !== VERSION) throw new FileFault(`its format is ${version}, not ${VERSION}`)
      const length = numbers.u32()
      if (length > LARGEST_HEAD_BYTES) throw new FileFault('its head is damaged')
      const end = start + length + DIGEST_BYTES
      if (end > size) throw new FileFault('it ends in its head')
      const bytes = await readAt(file, 0, end)
      const digest = bytes.subarray(-DIGEST_BYTES)
      const covered = bytes.subarray(0, -DIGEST_BYTES)
      if (!digestOf(Buffer.alloc(0), covered).equals(digest)) {
        throw new FileFault('its head is damaged')
      }
      const head: FileHead = JSON.parse(String(covered.subarray(start)))
      return new FileReader(file, size, head, { offset: end, digest, keys: 0 })
    } catch (error) {
      await file.close()
      throw error
    }
  }

  /** Where the next block begins. */
  get position(): Position {
    return this.#position
  }

  /** Goes on at a place between two keys that another reader of the same file told. */
  async goTo({ offset, keys }: { offset: number; keys: number }): Promise<void> {
    const digest = await readAt(this.#file, offset - DIGEST_BYTES, DIGEST_BYTES)
    this.#position = { offset, digest, keys }
    this.#open = undefined
  }

  /** @returns The next block; undefined at the end of a file that is whole. */
  async next(): Promise<Block | undefined> {
    const { offset, digest, keys } = this.#position
    const left = this.size - offset
    if (left < BLOCK_HEAD_BYTES + DIGEST_BYTES) throw new FileFault('it was not finished')
    const blockHead = await readAt(this.#file, offset, BLOCK_HEAD_BYTES)
    const kind = blockHead.readUInt8(0)
    const length = blockHead.readUInt32LE(1)
    const whole = BLOCK_HEAD_BYTES + length + DIGEST_BYTES
    if (whole > left) throw new FileFault('a block is cut off or damaged')
    const bytes = await readAt(this.#file, offset, whole)
    const covered = bytes.subarray(0, -DIGEST_BYTES)
    const sealed = Buffer.from(bytes.subarray(-DIGEST_BYTES))
    if (!digestOf(digest, covered).equals(sealed)) throw new FileFault('a block is damaged')
    const payload = covered.subarray(BLOCK_HEAD_BYTES)
    const end = offset + whole
    if (kind === END) {
      const count = Number(new ByteReader(payload).u64())
      if (this.#open !== undefined || count !== keys) throw new FileFault('keys are missing')
      if (end !== this.size) throw new FileFault('something follows its end')
      this.#name = sealed.toString('hex')
      return undefined
    }
    if (kind !== PIECES) throw new FileFault('a block is of no known kind')
    const pieces = this.#piecesOf(payload)
    const complete = keys + pieces.filter(({ last }) => last).length
    this.#position = { offset: end, digest: sealed, keys: complete }
    return { pieces, end: this.#open === undefined ? this.#position : undefined }
  }

  /** The pieces of a block; those of one key follow each other. */
  #piecesOf(payload: Buffer): Piece[] {
    const bytes = new ByteReader(payload)
    const pieces: Piece[] = []
    while (!bytes.atEnd) {
      const piece = decodePiece(bytes)
      const key = piece.key.toString('latin1')
      if (this.#open !== (piece.first ? undefined : key)) throw new FileFault('a key is not whole')
      this.#open = piece.last ? undefined : key
      pieces.push(piece)
    }
    return pieces
  }

  /** A name that no other file has; undefined until its end was read. */
  get name(): string | undefined {
    return this.#name
  }

  async close(): Promise<void> {
    await this.#file.close()
  }
}

function blockOf(kind: number, payload: Buffer): Buffer {
  const bytes = new ByteWriter()
  bytes.u8(kind)
  bytes.blob(payload)
  return bytes.done()
}

function digestOf(before: Buffer, bytes: Buffer): Buffer {
  return createHash('sha256').update(before).update(bytes).digest()
}

async function readAt(file: FileHandle, offset: number, length: number): Promise<Buffer> {
  const bytes = Buffer.allocUnsafe(length)
  let read = 0
  while (read < length) {
    const { bytesRead } = await file.read(bytes, read, length - read, offset + read)
    if (bytesRead === 0) throw new FileFault('it became shorter')
    read += bytesRead
  }
  return bytes
}
