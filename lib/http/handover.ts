import type { Spent } from '../store/client/trips.ts'

/**
 * What the gate tells the endpoint: the request's id, the waiting already done, when it began and
 * the quota it counted. Where the two are apart it goes in request headers that the gate always
 * overwrites. Nothing here is an identity; without the gate a client could write them, and would
 * only shorten its own deadline.
 */
export interface Handover {
  requestId: string
  spent: Spent
  /** Epoch milliseconds. */
  startedAt: number
  /** See `RequestRecord`. */
  limit: string | undefined
  /** The account that the quotas counted the request for; undefined where the gate counts its usage. */
  counted: string | undefined
}

const NOTHING: Spent = { count: 0, commands: 0, milliseconds: 0 }
const ID_HEADER = 'x-usher-request-id'
const TRIPS_HEADER = 'x-usher-trips'
const COUNTED_HEADER = 'x-usher-counted'

/** Writes the headers that replace whatever the client sent under these names. */
export function handoverHeaders({
  requestId,
  spent: { count, commands, milliseconds },
  startedAt,
  limit,
  counted = '',
}: Handover): [name: string, value: string][] {
  const spent = `${count};${commands};${Math.ceil(milliseconds)}`
  return [
    [ID_HEADER, requestId],
    [TRIPS_HEADER, `${spent};${startedAt};${limit ?? ''}`],
    [COUNTED_HEADER, encodeURIComponent(counted)],
  ]
}

/** Reads them; undefined when no gate came before. */
export function readHandover(headers: Headers): Handover | undefined {
  const requestId = headers.get(ID_HEADER)
  const parts =
    /^(\d{1,3});(\d{1,3});(\d{1,5});(\d{1,16});((?:[a-z-]{1,32}=\d{1,12} ?){1,3})?$/.exec(
      headers.get(TRIPS_HEADER) ?? '',
    )
  if (requestId === null || !/^[\w-]{1,64}$/.test(requestId) || parts === null) return undefined
  const [, count, commands, milliseconds, startedAt, limit] = parts
  const counted = /^[\w.~!*'()%-]{1,2000}$/.exec(headers.get(COUNTED_HEADER) ?? '')?.[0]
  return {
    requestId,
    spent: {
      count: Number(count),
      commands: Number(commands),
      milliseconds: Number(milliseconds),
    },
    startedAt: Number(startedAt),
    limit,
    counted: counted && decoded(counted),
  }
}

function decoded(text: string): string | undefined {
  try {
    return decodeURIComponent(text)
  } catch {
    return undefined
  }
}

/** The `Server-Timing` of a request: what it waited for the store (W3C Server Timing §4). */
export function serverTiming(waited: Spent = NOTHING): string {
  const { count, commands, milliseconds } = waited
  return `redis;dur=${Math.round(milliseconds * 10) / 10};desc="${count} trips, ${commands} commands"`
}
