import { base64url } from 'jose'
import * as z from 'zod/mini'
import { type AccessCode, ok, type Result } from '../errors.ts'
import { decodeCursor, limitQuery, pageLimit } from '../paging.ts'
import { eventsRead, type StoredEvent } from '../store/events.ts'
import type { Read } from '../store/reply.ts'

/** One security event. */
export interface SecurityEvent {
  id: string
  type: string
  /** RFC 3339, of the store's clock. */
  at: string
  user?: string
  by?: string
  session?: string
  level?: number
  policy?: string
  ip?: string
  requestId?: string
}

const STREAM_ID = /^(?!0+-0+$)\d{1,15}-\d{1,10}$/
const LAST_DATE_MS = 8.64e15

export const eventsQuery = z.strictObject({
  limit: limitQuery,
  cursor: z.optional(
    z.string().check(
      z.refine((text) => STREAM_ID.test(decodeCursor(text) ?? ''), {
        error: 'is not a nextCursor of this list',
      }),
    ),
  ),
})

interface EventsCall {
  input: z.output<typeof eventsQuery>
  read<value>(read: Read<value>): Promise<Result<value, AccessCode>>
}

/** Lists security events, newest first, in pages. For admins. */
export async function listEvents(
  call: EventsCall,
): Promise<Result<{ data: SecurityEvent[]; nextCursor: string | null }, AccessCode>> {
  const { limit, cursor } = call.input
  const before = cursor === undefined ? '' : (decodeCursor(cursor) ?? '')
  const page = await call.read(eventsRead({ before, limit: pageLimit(limit) }))
  if (!page.ok) return page
  const { events, more } = page.value
  const last = events.at(-1)
  return ok({
    data: events.map(event),
    nextCursor: more && last !== undefined ? base64url.encode(last.id) : null,
  })
}

function event({ id, fields }: StoredEvent): SecurityEvent {
  const { type = '', level, ...rest } = fields
  const at = new Date(Math.min(Number(id.split('-')[0]), LAST_DATE_MS)).toISOString()
  return { id, type, at, ...rest, ...(level === undefined ? {} : { level: Number(level) }) }
}

export const listEventsCase = { input: eventsQuery, run: listEvents }
