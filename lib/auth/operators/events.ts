import { base64url } from 'jose'
import * as z from 'zod/mini'
import { ok } from '../../contract/problems.ts'
import { defineOperation } from '../../operation.ts'
import { limitQuery, pageLimit } from '../../paging.ts'
import { decodeText } from '../../signed-text.ts'
import { eventsRead } from '../../store/event-list.ts'
import { EVENT_TYPES } from '../../store/event-types.ts'
import { accountNames } from '../accounts/account-names.ts'
import { shownEvent } from './shown-event.ts'

const STREAM_ID = /^(?!0+-0+$)\d{1,15}-\d{1,10}$/
/** An address has 254 letters at most. */
const LONGEST_USER = 254

export const eventsQuery = z.strictObject({
  limit: limitQuery,
  cursor: z.optional(
    z.string().check(
      z.refine((text) => STREAM_ID.test(decodeText(text) ?? ''), {
        error: 'is not a nextCursor of this list',
      }),
    ),
  ),
  type: z.optional(z.enum(EVENT_TYPES, { error: `is not one of ${EVENT_TYPES.join(', ')}` })),
  user: z.optional(z.string().check(z.minLength(1), z.maxLength(LONGEST_USER))),
})

/**
 * Lists security events, newest first, in pages; of one kind, about one user, or both. For admins. A
 * page that is filtered may be short and have a `nextCursor`: the trail is looked through in steps.
 */
export const listEvents = defineOperation('listEvents', {
  summary: 'List security events, newest first, in pages',
  input: eventsQuery,
  problems: [],
  answer: ['SecurityEvent'],
  run: async (call) => {
    const { limit, cursor, type, user } = call.input
    const named = user === undefined ? undefined : await accountNames(call.store, user)
    const page = await call.read(
      eventsRead({
        before: cursor === undefined ? '' : (decodeText(cursor) ?? ''),
        limit: pageLimit(limit),
        type,
        names: named?.names ?? [],
      }),
    )
    if (!page.ok) return page
    const { events, cursor: next } = page.value
    return ok({
      data: events.map(shownEvent),
      nextCursor: next === undefined ? null : base64url.encode(next),
    })
  },
})
