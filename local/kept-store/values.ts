import type { RedisDataValue, RedisStreamData } from 'js-redis-server/core'
import { FileFault } from './bytes.ts'
import type { Content, Piece, StreamGroup, StreamId, StreamState, ValueType } from './pieces.ts'

type EngineGroup = RedisStreamData['groups'] extends Map<string, infer group> ? group : never

/** Some elements for one piece, and no more bytes than this. */
const PIECE_ELEMENTS = 4_096
const PIECE_BYTES = 256 * 1_024

/** A value of the embedded engine as pieces. */
export function* piecesOf(
  key: Buffer,
  value: RedisDataValue,
  expiresAt: number | undefined,
): Generator<Piece> {
  const contents = [...contentsOf(value)]
  for (const [index, content] of contents.entries()) {
    yield { key, expiresAt, first: index === 0, last: index === contents.length - 1, content }
  }
}

function* contentsOf(value: RedisDataValue): Generator<Content> {
  switch (value.type) {
    case 'string':
      for (let at = 0; at === 0 || at < value.value.length; at += PIECE_BYTES) {
        yield { type: 'string', value: value.value.subarray(at, at + PIECE_BYTES) }
      }
      break
    case 'list':
      for (const values of parts(value.values)) yield { type: 'list', values }
      break
    case 'set':
      for (const members of parts(value.members.values())) yield { type: 'set', members }
      break
    case 'hash':
      for (const fields of parts(value.fields.values())) {
        const kept = fields.map((field) => ({ ...field, expiresAt: field.expiresAt }))
        yield { type: 'hash', fields: kept }
      }
      break
    case 'zset':
      for (const members of parts(value.members.values())) yield { type: 'zset', members }
      break
    case 'stream': {
      for (const entries of parts(value.entries)) {
        yield { type: 'stream', entries, state: undefined }
      }
      yield { type: 'stream', entries: [], state: stateOf(value) }
      break
    }
  }
}

function* parts<item>(items: Iterable<item>): Generator<item[]> {
  let part: item[] = []
  for (const item of items) {
    part.push(item)
    if (part.length < PIECE_ELEMENTS) continue
    yield part
    part = []
  }
  if (part.length > 0) yield part
}

function stateOf(stream: RedisStreamData): StreamState {
  return {
    lastId: stream.lastId,
    maxDeletedId: stream.maxDeletedEntryId,
    entriesAdded: BigInt(stream.entriesAdded),
    groups: [...stream.groups.values()].map((group) => ({
      name: group.name,
      lastDeliveredId: group.lastDeliveredId,
      entriesRead: group.entriesRead === null ? undefined : BigInt(group.entriesRead),
      consumers: [...group.consumers.values()].map(({ name, seenAt, activeAt }) => ({
        name,
        seenAt,
        activeAt: activeAt ?? undefined,
      })),
      pending: [...group.pending.values()].map((entry) => ({
        id: entry.id,
        consumer: Buffer.from(entry.consumerId, 'hex'),
        deliveredAt: entry.deliveredAt,
        deliveryCount: entry.deliveryCount,
      })),
    })),
  }
}

/** Puts the pieces of one key together again. */
export class ValueBuilder {
  #value: RedisDataValue | undefined

  /** @returns The value with its last piece. */
  add({ content, first, last }: Piece): RedisDataValue | undefined {
    if (first) this.#value = emptyValue(content.type)
    if (this.#value === undefined) throw new FileFault('a key is not whole')
    extend(this.#value, content)
    return last ? this.#value : undefined
  }
}

/** What a key of a type has before anything is put into it. */
export function emptyValue(type: ValueType): RedisDataValue {
  switch (type) {
    case 'string':
      return { type, value: Buffer.alloc(0) }
    case 'list':
      return { type, values: [] }
    case 'set':
      return { type, members: new Map() }
    case 'hash':
      return { type, fields: new Map() }
    case 'zset':
      return { type, members: new Map() }
    case 'stream':
      return {
        type,
        entries: [],
        lastId: { ms: 0n, seq: 0n },
        entriesAdded: 0,
        maxDeletedEntryId: { ms: 0n, seq: 0n },
        groups: new Map(),
      }
  }
}

function extend(value: RedisDataValue, content: Content): void {
  if (value.type === 'string' && content.type === 'string') {
    value.value = Buffer.concat([value.value, content.value])
  } else if (value.type === 'list' && content.type === 'list') {
    for (const item of content.values) value.values.push(item)
  } else if (value.type === 'set' && content.type === 'set') {
    for (const member of content.members) value.members.set(hex(member), member)
  } else if (value.type === 'hash' && content.type === 'hash') {
    for (const { field, value: text, expiresAt } of content.fields) {
      const expiry = expiresAt === undefined ? {} : { expiresAt }
      value.fields.set(hex(field), { field, value: text, ...expiry })
    }
  } else if (value.type === 'zset' && content.type === 'zset') {
    for (const member of content.members) value.members.set(hex(member.member), member)
  } else if (value.type === 'stream' && content.type === 'stream') {
    for (const entry of content.entries) value.entries.push(entry)
    if (content.state !== undefined) setState(value, content.state)
  } else {
    throw new FileFault('a key has two types')
  }
}

function setState(stream: RedisStreamData, state: StreamState): void {
  stream.lastId = state.lastId
  stream.maxDeletedEntryId = state.maxDeletedId
  stream.entriesAdded = Number(state.entriesAdded)
  for (const group of state.groups) stream.groups.set(hex(group.name), groupOf(group))
}

function groupOf(group: StreamGroup): EngineGroup {
  const { name, lastDeliveredId, entriesRead, consumers, pending } = group
  return {
    name,
    lastDeliveredId,
    entriesRead: entriesRead === undefined ? null : Number(entriesRead),
    consumers: new Map(
      consumers.map(({ name, seenAt, activeAt }) => [
        hex(name),
        { name, seenAt, activeAt: activeAt ?? null },
      ]),
    ),
    pending: new Map(
      pending.map(({ id, consumer, deliveredAt, deliveryCount }) => [
        textOfId(id),
        { id, consumerId: hex(consumer), deliveredAt, deliveryCount },
      ]),
    ),
  }
}

export function textOfId({ ms, seq }: StreamId): string {
  return `${ms}-${seq}`
}

/** What the engine calls a key, a field and a member in its maps. */
function hex(bytes: Buffer): string {
  return bytes.toString('hex')
}
