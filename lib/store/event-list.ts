import { list, mapRead, type Read, word, words } from './client/reply.ts'
import { scriptRead } from './client/script.ts'
import type { SecurityEventType } from './event-types.ts'
import { keys } from './keys.ts'
import { LIST_EVENTS } from './scripts/event-list.ts'

export interface StoredEvent {
  /** Of the stream: milliseconds of the store's clock, and a number. */
  id: string
  fields: Record<string, string>
}

/** The script looks at this many events for one page, unless more are asked for. */
const LARGEST_STEP = 1_000

/** Which events, and how many. */
export interface EventQuery {
  /** The last id of the page before; '' for the first. */
  before: string
  limit: number
  type: SecurityEventType | undefined
  /** The names of a user; none for everybody. */
  names: readonly string[]
  /** How many events are looked at. */
  most?: number
}

/**
 * Reads one page, newest first. A page may be short, or empty, and have a cursor all the same. See
 * {@link LIST_EVENTS}.
 */
export function eventsRead({ before, limit, type, names, most = LARGEST_STEP }: EventQuery): Read<{
  events: StoredEvent[]
  cursor: string | undefined
}> {
  const args = { before: before || '+', limit, most, kind: type ?? '', names }
  const read = scriptRead('auth', LIST_EVENTS, { eventsKey: keys.events }, args)
  return mapRead(read, ({ events, cursor }) => ({
    events: events.map(storedEvent),
    cursor: cursor || undefined,
  }))
}

function storedEvent(row: unknown): StoredEvent {
  const [id, fields] = list(row)
  return { id: word(id), fields: pairs(words(fields)) }
}

function pairs(flat: string[]): Record<string, string> {
  const fields: Record<string, string> = {}
  for (let index = 0; index + 1 < flat.length; index += 2) {
    fields[flat[index] ?? ''] = flat[index + 1] ?? ''
  }
  return fields
}
