import type { ScriptArgs, ScriptKeys } from './client/script.ts'
import type { Store } from './client/store.ts'
import type { SecurityEventType } from './event-types.ts'
import { keys } from './keys.ts'
import { type EVENT_ARGS, type EVENT_KEYS, RECORD_EVENT } from './scripts/events.ts'

/** What an event is about; an unknown user is not named. */
export interface EventFields {
  user?: string | undefined
  /** Who did it, where that is not the user. */
  by?: string | undefined
  /** Of `session.ended`: absent when all have ended. */
  session?: string | undefined
  level?: number | undefined
  /** The name of a plan. */
  plan?: string | undefined
  /** An API key's id. */
  key?: string | undefined
  /** A passkey's id. */
  passkey?: string | undefined
  policy?: string | undefined
  /** The id of a provider. */
  provider?: string | undefined
  /** An identity's id. */
  identity?: string | undefined
  /** Method and template of what was refused. */
  operation?: string | undefined
  /** A block's id. */
  block?: string | undefined
  /** What a block keeps out. */
  address?: string | undefined
  ip?: string | undefined
  requestId?: string | undefined
}

/** More than the caps of all kinds together: older versions recorded events that no cap counts. */
const MOST_EVENTS = 50_000
const MOST_OF_KIND = 1_000
const MOST_OF_USER = 50

/** An event as keys and arguments of a script that records it. */
export interface EventWords {
  keys: ScriptKeys<(typeof EVENT_KEYS)[number]>
  args: ScriptArgs<(typeof EVENT_ARGS)[number]>
}

/**
 * Writes an event as keys and arguments. Events that name no user are capped by client address, apart
 * from those of users: guesses at addresses without an account cannot push out the events of users.
 */
export function eventWords(type: SecurityEventType, fields: EventFields): EventWords {
  const { user, by, ip = '' } = fields
  const named = user ?? by
  const owner = named === undefined ? ip : named
  const whose = named === undefined ? 'strangers' : 'users'
  // What admins did is no one user's flood.
  const mostOfUser = by === undefined ? MOST_OF_USER : MOST_OF_KIND
  const eventWords = Object.entries({ type, ...fields }).flatMap(([name, value]) =>
    value === undefined ? [] : [name, value],
  )
  return {
    keys: {
      eventsKey: keys.events,
      eventIdsKey: keys.eventIds(type, whose),
      eventCountsKey: keys.eventCounts(type, whose),
    },
    args: {
      mostEvents: MOST_EVENTS,
      owner,
      mostOfOwner: mostOfUser,
      mostOfKind: MOST_OF_KIND,
      eventWords,
    },
  }
}

/** Adds an event. See {@link RECORD_EVENT}. */
export async function recordEvent(
  store: Store,
  type: SecurityEventType,
  fields: EventFields,
): Promise<void> {
  const { keys, args } = eventWords(type, fields)
  await store.write(RECORD_EVENT, keys, args)
}
