import { StoreUnavailable } from '../errors.ts'
import { keys } from './keys.ts'
import { type Read, replyList, text } from './reply.ts'
import { LIST_EVENTS, RECORD_EVENT } from './scripts/events.ts'
import type { Store } from './store.ts'

/** What an operator wants to hear of. */
export type SecurityEventType =
  | 'signin.failed'
  | 'token.reused'
  | 'throttled'
  | 'password.changed'
  | 'password.reset'
  | 'level.changed'
  | 'user.disabled'
  | 'user.enabled'
  | 'key.created'
  | 'key.rolled'
  | 'key.deleted'
  | 'account.registered'
  | 'account.deleted'
  | 'email.verified'
  | 'user.unlocked'

/** What an event is about; an unknown user is not named. */
export interface EventFields {
  user?: string | undefined
  /** Who did it, where that is not the user. */
  by?: string | undefined
  session?: string | undefined
  level?: number | undefined
  /** An API key's id. */
  key?: string | undefined
  policy?: string | undefined
  ip?: string | undefined
  requestId?: string | undefined
}

export interface StoredEvent {
  /** Of the stream: milliseconds of the store's clock, and a number. */
  id: string
  fields: Record<string, string>
}

/** The stream keeps about so many. */
const KEPT = 10_000

/** Adds an event. See {@link RECORD_EVENT}. */
export async function recordEvent(
  store: Store,
  type: SecurityEventType,
  fields: EventFields,
  kept: number = KEPT,
): Promise<void> {
  const words = Object.entries({ type, ...fields }).flatMap(([name, value]) =>
    value === undefined ? [] : [name, value],
  )
  const [id] = await store.write(RECORD_EVENT, [keys.events], [kept, ...words])
  if (typeof id !== 'string') throw new StoreUnavailable('event: unexpected reply')
}

/** Reads one page, newest first. @param before The last id of the page before; '' for the first. */
export function eventsRead(page: { before: string; limit: number }): Read<{
  events: StoredEvent[]
  more: boolean
}> {
  const { before, limit } = page
  return {
    database: 'auth',
    queue: (pipeline) =>
      pipeline.evalRo(LIST_EVENTS, [keys.events], [before || '+', String(limit + 1)]),
    parse: (reply) => {
      const events = replyList(reply).map((row) => {
        if (!Array.isArray(row) || !Array.isArray(row[1])) {
          throw new StoreUnavailable('events: unexpected reply')
        }
        return { id: text(row[0]) ?? '', fields: pairs(row[1].map(text)) }
      })
      return { events: events.slice(0, limit), more: events.length > limit }
    },
  }
}

function pairs(flat: (string | undefined)[]): Record<string, string> {
  const fields: Record<string, string> = {}
  for (let index = 0; index + 1 < flat.length; index += 2) {
    fields[flat[index] ?? ''] = flat[index + 1] ?? ''
  }
  return fields
}
