import { POLICIES, type PolicyName } from '../rate-limit/policies.ts'
import type { QuotaState } from '../rate-limit/types.ts'
import { sameText } from '../same-text.ts'
import type { Spent } from '../store/client/trips.ts'

/**
 * What the gate tells the endpoint: the request's id, the waiting already done, when it began and
 * the quotas it counted. Where the two are apart it goes in request headers that the gate always
 * overwrites, with a word that both derive from a secret: a client that goes around the gate could else hide
 * what it uses, or have it counted for another account. Nothing here lets anyone in.
 */
export interface Handover {
  requestId: string
  spent: Spent
  /** Epoch milliseconds. */
  startedAt: number
  /** The endpoint writes their headers: of one that the gate sets too, Next's Node runtime keeps the gate's alone. */
  quotas: readonly QuotaState[]
  /** The account that the quotas counted the request for: the endpoint, which knows how it ends, counts its usage. */
  counted: string | undefined
}

const NOTHING: Spent = { count: 0, commands: 0, milliseconds: 0 }
const ID_HEADER = 'x-usher-request-id'
const TRIPS_HEADER = 'x-usher-trips'
const COUNTED_HEADER = 'x-usher-counted'
const WORD_HEADER = 'x-usher-gate'

/**
 * Writes the headers that replace whatever the client sent under these names.
 *
 * @param word That of the deployment.
 */
export function handoverHeaders(
  {
    requestId,
    spent: { count, commands, milliseconds },
    startedAt,
    quotas,
    counted = '',
  }: Handover,
  word: string,
): [name: string, value: string][] {
  const spent = `${count};${commands};${Math.ceil(milliseconds)}`
  return [
    [ID_HEADER, requestId],
    [TRIPS_HEADER, `${spent};${startedAt};${quotas.map(quotaText).join(' ')}`],
    [COUNTED_HEADER, encodeURIComponent(counted)],
    [WORD_HEADER, word],
  ]
}

function quotaText({ policy, limit, windowSeconds, remaining, resetSeconds }: QuotaState): string {
  return `${policy}=${limit},${windowSeconds},${remaining},${resetSeconds}`
}

/** Reads them; undefined when no gate came before that knows the word. */
export function readHandover(headers: Headers, word: string): Handover | undefined {
  if (!sameText(headers.get(WORD_HEADER) ?? '', word)) return undefined
  const requestId = headers.get(ID_HEADER)
  const parts = /^(\d{1,3});(\d{1,3});(\d{1,5});(\d{1,16});([\w=, -]{0,200})$/.exec(
    headers.get(TRIPS_HEADER) ?? '',
  )
  if (requestId === null || !/^[\w-]{1,64}$/.test(requestId) || parts === null) return undefined
  const [, count, commands, milliseconds, startedAt, listed = ''] = parts
  const quotas = listed.split(' ').flatMap((text) => (text === '' ? [] : [readQuota(text)]))
  if (!quotas.every((quota) => quota !== undefined)) return undefined
  const counted = /^[\w.~!*'()%-]{1,2000}$/.exec(headers.get(COUNTED_HEADER) ?? '')?.[0]
  return {
    requestId,
    spent: {
      count: Number(count),
      commands: Number(commands),
      milliseconds: Number(milliseconds),
    },
    startedAt: Number(startedAt),
    quotas,
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

function readQuota(text: string): QuotaState | undefined {
  const [, policy = '', ...numbers] =
    /^([a-z-]+)=(\d{1,12}),(\d{1,9}),(\d{1,12}),(\d{1,9})$/.exec(text) ?? []
  if (!isPolicyName(policy)) return undefined
  const [limit = 0, windowSeconds = 0, remaining = 0, resetSeconds = 0] = numbers.map(Number)
  return { policy, limit, windowSeconds, remaining, resetSeconds }
}

function isPolicyName(name: string): name is PolicyName {
  return Object.hasOwn(POLICIES, name)
}

/** The `Server-Timing` of a request: what it waited for the store (W3C Server Timing §4). */
export function serverTiming(waited: Spent = NOTHING): string {
  const { count, commands, milliseconds } = waited
  return `redis;dur=${Math.round(milliseconds * 10) / 10};desc="${count} trips, ${commands} commands"`
}
