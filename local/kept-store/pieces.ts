import { type ByteReader, ByteWriter, FileFault } from './bytes.ts'

/** A part of a key's value that one step holds in memory: a large value has several, in order. */
export interface Piece {
  key: Buffer
  /** In epoch milliseconds; undefined for a key that does not expire. */
  expiresAt: number | undefined
  /** The first one of its key replaces what is there, the others add to it. */
  first: boolean
  last: boolean
  content: Content
}

export type Content =
  | { type: 'string'; value: Buffer }
  | { type: 'list'; values: Buffer[] }
  | { type: 'set'; members: Buffer[] }
  | { type: 'hash'; fields: HashField[] }
  | { type: 'zset'; members: Member[] }
  /** The last piece of a stream has its state. */
  | { type: 'stream'; entries: StreamEntry[]; state: StreamState | undefined }

export type ValueType = Content['type']

export interface HashField {
  field: Buffer
  value: Buffer
  expiresAt: number | undefined
}

export interface Member {
  member: Buffer
  score: number
}

export interface StreamId {
  ms: bigint
  seq: bigint
}

export interface StreamEntry {
  id: StreamId
  /** Fields and values in turn. */
  fields: Buffer[]
}

export interface StreamState {
  lastId: StreamId
  maxDeletedId: StreamId
  entriesAdded: bigint
  groups: StreamGroup[]
}

export interface StreamGroup {
  name: Buffer
  lastDeliveredId: StreamId
  /** Undefined where the store does not know. */
  entriesRead: bigint | undefined
  consumers: Consumer[]
  pending: PendingEntry[]
}

export interface Consumer {
  name: Buffer
  /** In epoch milliseconds, as all times here. */
  seenAt: number
  activeAt: number | undefined
}

export interface PendingEntry {
  id: StreamId
  consumer: Buffer
  deliveredAt: number
  deliveryCount: number
}

/** In the file a type is its place in this list: new ones come at the end. */
const TYPES = ['string', 'list', 'set', 'hash', 'zset', 'stream'] as const satisfies ValueType[]

const FIRST = 1
const LAST = 2
const EXPIRES = 4

/** A piece as the bytes of a file. */
export function encodePiece({ key, expiresAt, first, last, content }: Piece): Buffer {
  const bytes = new ByteWriter()
  bytes.u8(TYPES.indexOf(content.type))
  bytes.u8((first ? FIRST : 0) | (last ? LAST : 0) | (expiresAt === undefined ? 0 : EXPIRES))
  bytes.blob(key)
  if (expiresAt !== undefined) writeTime(bytes, expiresAt)
  switch (content.type) {
    case 'string':
      bytes.blob(content.value)
      break
    case 'list':
      writeAll(bytes, content.values, (value) => bytes.blob(value))
      break
    case 'set':
      writeAll(bytes, content.members, (member) => bytes.blob(member))
      break
    case 'hash':
      writeAll(bytes, content.fields, (field) => {
        bytes.blob(field.field)
        bytes.blob(field.value)
        writeOptional(bytes, field.expiresAt, (time) => writeTime(bytes, time))
      })
      break
    case 'zset':
      writeAll(bytes, content.members, ({ member, score }) => {
        bytes.blob(member)
        bytes.f64(score)
      })
      break
    case 'stream':
      writeAll(bytes, content.entries, ({ id, fields }) => {
        writeId(bytes, id)
        writeAll(bytes, fields, (part) => bytes.blob(part))
      })
      writeOptional(bytes, content.state, (state) => writeState(bytes, state))
      break
  }
  return bytes.done()
}

/** The next piece of a block. */
export function decodePiece(bytes: ByteReader): Piece {
  const type = TYPES[bytes.u8()]
  const flags = bytes.u8()
  if (type === undefined || flags > (FIRST | LAST | EXPIRES)) {
    throw new FileFault('a record is of no known type')
  }
  const key = bytes.blob()
  return {
    key,
    expiresAt: (flags & EXPIRES) === 0 ? undefined : readTime(bytes),
    first: (flags & FIRST) !== 0,
    last: (flags & LAST) !== 0,
    content: readContent(type, bytes),
  }
}

function readContent(type: ValueType, bytes: ByteReader): Content {
  switch (type) {
    case 'string':
      return { type, value: bytes.blob() }
    case 'list':
      return { type, values: readAll(bytes, () => bytes.blob()) }
    case 'set':
      return { type, members: readAll(bytes, () => bytes.blob()) }
    case 'hash':
      return {
        type,
        fields: readAll(bytes, () => ({
          field: bytes.blob(),
          value: bytes.blob(),
          expiresAt: readOptional(bytes, () => readTime(bytes)),
        })),
      }
    case 'zset':
      return {
        type,
        members: readAll(bytes, () => ({ member: bytes.blob(), score: bytes.f64() })),
      }
    case 'stream':
      return {
        type,
        entries: readAll(bytes, () => ({
          id: readId(bytes),
          fields: readAll(bytes, () => bytes.blob()),
        })),
        state: readOptional(bytes, () => readState(bytes)),
      }
  }
}

function writeState(bytes: ByteWriter, state: StreamState): void {
  writeId(bytes, state.lastId)
  writeId(bytes, state.maxDeletedId)
  bytes.u64(state.entriesAdded)
  writeAll(bytes, state.groups, (group) => {
    bytes.blob(group.name)
    writeId(bytes, group.lastDeliveredId)
    writeOptional(bytes, group.entriesRead, (count) => bytes.u64(count))
    writeAll(bytes, group.consumers, ({ name, seenAt, activeAt }) => {
      bytes.blob(name)
      writeTime(bytes, seenAt)
      writeOptional(bytes, activeAt, (time) => writeTime(bytes, time))
    })
    writeAll(bytes, group.pending, ({ id, consumer, deliveredAt, deliveryCount }) => {
      writeId(bytes, id)
      bytes.blob(consumer)
      writeTime(bytes, deliveredAt)
      bytes.u32(deliveryCount)
    })
  })
}

function readState(bytes: ByteReader): StreamState {
  return {
    lastId: readId(bytes),
    maxDeletedId: readId(bytes),
    entriesAdded: bytes.u64(),
    groups: readAll(bytes, () => ({
      name: bytes.blob(),
      lastDeliveredId: readId(bytes),
      entriesRead: readOptional(bytes, () => bytes.u64()),
      consumers: readAll(bytes, () => ({
        name: bytes.blob(),
        seenAt: readTime(bytes),
        activeAt: readOptional(bytes, () => readTime(bytes)),
      })),
      pending: readAll(bytes, () => ({
        id: readId(bytes),
        consumer: bytes.blob(),
        deliveredAt: readTime(bytes),
        deliveryCount: bytes.u32(),
      })),
    })),
  }
}

function writeTime(bytes: ByteWriter, ms: number): void {
  bytes.u64(BigInt(Math.max(0, Math.round(ms))))
}

function readTime(bytes: ByteReader): number {
  return Number(bytes.u64())
}

function writeId(bytes: ByteWriter, { ms, seq }: StreamId): void {
  bytes.u64(ms)
  bytes.u64(seq)
}

function readId(bytes: ByteReader): StreamId {
  return { ms: bytes.u64(), seq: bytes.u64() }
}

function writeAll<item>(bytes: ByteWriter, items: item[], write: (item: item) => void): void {
  bytes.u32(items.length)
  for (const item of items) write(item)
}

function readAll<item>(bytes: ByteReader, read: () => item): item[] {
  const items: item[] = []
  // The count is not believed: what it promises has to be there.
  for (let left = bytes.u32(); left > 0; left--) items.push(read())
  return items
}

function writeOptional<item>(
  bytes: ByteWriter,
  item: item | undefined,
  write: (item: item) => void,
): void {
  bytes.u8(item === undefined ? 0 : 1)
  if (item !== undefined) write(item)
}

function readOptional<item>(bytes: ByteReader, read: () => item): item | undefined {
  return bytes.u8() === 0 ? undefined : read()
}
