import type { Trips } from '../store/trips.ts'

/**
 * What the gate tells the endpoint, in request headers that it always overwrites: the request's id
 * and the waiting already done. Nothing here is an identity; without the gate a client could write
 * them, and would only shorten its own deadline.
 */
export interface Handover {
  requestId: string
  spent: { count: number; commands: number; milliseconds: number }
}

const NOTHING = { count: 0, commands: 0, milliseconds: 0 }
const ID_HEADER = 'x-usher-request-id'
const TRIPS_HEADER = 'x-usher-trips'

/** Writes the headers that replace whatever the client sent under these names. */
export function handoverHeaders(requestId: string, trips: Trips): [name: string, value: string][] {
  const { count, commands, milliseconds } = trips
  return [
    [ID_HEADER, requestId],
    [TRIPS_HEADER, `${count};${commands};${Math.ceil(milliseconds)}`],
  ]
}

/** Reads them; undefined when no gate came before. */
export function readHandover(headers: Headers): Handover | undefined {
  const requestId = headers.get(ID_HEADER)
  const spent = /^(\d{1,3});(\d{1,3});(\d{1,5})$/.exec(headers.get(TRIPS_HEADER) ?? '')
  if (requestId === null || !/^[\w-]{1,64}$/.test(requestId) || spent === null) return undefined
  const [, count, commands, milliseconds] = spent.map(Number)
  return {
    requestId,
    spent: { count: count ?? 0, commands: commands ?? 0, milliseconds: milliseconds ?? 0 },
  }
}

/** The `Server-Timing` of a request: what it waited for the store (W3C Server Timing §4). */
export function serverTiming(waited: Handover['spent'] = NOTHING): string {
  const { count, commands, milliseconds } = waited
  return `redis;dur=${Math.round(milliseconds * 10) / 10};desc="${count} trips, ${commands} commands"`
}
