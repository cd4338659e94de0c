import type { Piece, StreamId, StreamState } from '../kept-store/pieces.ts'
import type { Command } from './link.ts'

/**
 * The commands that put a piece into a store. What has expired is left out. The first piece of a key
 * replaces what is there, so a key that was begun can be begun again.
 */
export function commandsOf(piece: Piece, now: number): Command[] {
  const { key, expiresAt, first, last } = piece
  // It has expired while its earlier pieces were written.
  if (expiresAt !== undefined && expiresAt <= now) return first ? [] : [['DEL', key]]
  const commands: Command[] = first ? [['DEL', key]] : []
  commands.push(...additions(piece, now))
  if (last && expiresAt !== undefined) commands.push(['PEXPIREAT', key, String(expiresAt)])
  return commands
}

function additions({ key, content, first }: Piece, now: number): Command[] {
  switch (content.type) {
    case 'string':
      return [[first ? 'SET' : 'APPEND', key, content.value]]
    case 'list':
      return content.values.length === 0 ? [] : [['RPUSH', key, ...content.values]]
    case 'set':
      return content.members.length === 0 ? [] : [['SADD', key, ...content.members]]
    case 'zset': {
      const words = content.members.flatMap(({ member, score }) => [textOfScore(score), member])
      return words.length === 0 ? [] : [['ZADD', key, ...words]]
    }
    case 'hash': {
      const fields = content.fields.filter(({ expiresAt = Number.POSITIVE_INFINITY }) => {
        return expiresAt > now
      })
      if (fields.length === 0) return []
      const words = fields.flatMap(({ field, value }) => [field, value])
      const expiries = fields.flatMap(({ field, expiresAt }): Command[] =>
        expiresAt === undefined
          ? []
          : [['HPEXPIREAT', key, String(expiresAt), 'FIELDS', '1', field]],
      )
      return [['HSET', key, ...words], ...expiries]
    }
    case 'stream': {
      const entries = content.entries.map(
        ({ id, fields }): Command => ['XADD', key, textOf(id), ...fields],
      )
      return content.state === undefined
        ? entries
        : [...entries, ...stateCommands(key, content.state, first && entries.length === 0)]
    }
  }
}

/** @param empty Whether the stream has no entry, and is not there yet. */
function stateCommands(key: Buffer, state: StreamState, empty: boolean): Command[] {
  const commands: Command[] = []
  if (empty) {
    // The one way to make a stream that never had an entry, and has none.
    commands.push(['XGROUP', 'CREATE', key, 'none', '0', 'MKSTREAM'])
    commands.push(['XGROUP', 'DESTROY', key, 'none'])
  }
  const counts = ['ENTRIESADDED', String(state.entriesAdded)]
  const deleted = ['MAXDELETEDID', textOf(state.maxDeletedId)]
  commands.push(['XSETID', key, textOf(state.lastId), ...counts, ...deleted])
  for (const group of state.groups) {
    const { name } = group
    const create = ['XGROUP', 'CREATE', key, name, textOf(group.lastDeliveredId)]
    const read = group.entriesRead === undefined ? [] : ['ENTRIESREAD', String(group.entriesRead)]
    commands.push([...create, ...read])
    for (const consumer of group.consumers) {
      commands.push(['XGROUP', 'CREATECONSUMER', key, name, consumer.name])
    }
    for (const { id, consumer, deliveredAt, deliveryCount } of group.pending) {
      const times = ['TIME', String(deliveredAt), 'RETRYCOUNT', String(deliveryCount)]
      commands.push(['XCLAIM', key, name, consumer, '0', textOf(id), ...times, 'FORCE', 'JUSTID'])
    }
  }
  return commands
}

function textOf({ ms, seq }: StreamId): string {
  return `${ms}-${seq}`
}

function textOfScore(score: number): string {
  if (Number.isFinite(score)) return Object.is(score, -0) ? '-0' : String(score)
  return score > 0 ? '+inf' : '-inf'
}
