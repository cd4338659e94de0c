import type { PasswordRules } from '../auth/passwords/rules.ts'
import { NAME } from '../name.ts'
import type { TrustedProxy, Variables } from './types.ts'

/**
 * How each variable is read. A reader adds a sentence for every fault to a list, and goes on, so that
 * all faults are named at once; no sentence holds a value.
 */

/** The start server names the header that carries the peer's address in this variable. */
export const PEER_HEADER_VARIABLE = 'USHER_PEER_HEADER'

/** A variable's text without white space around it; undefined when it is missing or empty. */
export type Read = (name: string) => string | undefined

export function readerOf(variables: Variables): Read {
  return (name) => variables[name]?.trim() || undefined
}

export function origin(read: Read, faults: string[]): string {
  const vercel =
    read('VERCEL_ENV') === 'production'
      ? (read('VERCEL_PROJECT_PRODUCTION_URL') ?? read('VERCEL_URL'))
      : read('VERCEL_URL')
  const value = read('APP_ORIGIN') ?? (vercel === undefined ? undefined : `https://${vercel}`)
  if (value === undefined) {
    faults.push('APP_ORIGIN is missing: set the public origin, such as https://api.example.com.')
    return ''
  }
  const url = parseOrigin(value)
  if (url === undefined) {
    faults.push('APP_ORIGIN is not an origin: set scheme and host alone, https except on loopback.')
  }
  return url ?? ''
}

/** An origin and nothing more; plain http on loopback alone. */
function parseOrigin(value: string): string | undefined {
  if (!URL.canParse(value)) return undefined
  const url = new URL(value)
  const bare = url.pathname === '/' && url.search === '' && url.hash === '' && url.username === ''
  const safe =
    (url.protocol === 'https:' && !url.hostname.includes('*')) ||
    (url.protocol === 'http:' && isLoopback(url.hostname))
  return bare && safe ? url.origin : undefined
}

/** @param hostname As the URL standard writes it. */
export function isLoopback(hostname: string): boolean {
  return /^(localhost|127(\.\d+){3}|\[::1\])$/.test(hostname)
}

/** Parses `15m`, `1h`, `30d` or seconds. Undefined when it is neither. */
export function parseDuration(value: string): number | undefined {
  const match = /^(\d{1,9})\s?(s|m|h|d)?$/.exec(value)
  if (match === null) return undefined
  const unit = { s: 1, m: 60, h: 3_600, d: 86_400 }[match[2] ?? 's']
  return unit === undefined ? undefined : Number(match[1]) * unit
}

export function duration(
  name: string,
  read: Read,
  faults: string[],
  fallback: number,
  [least, most]: [number, number],
): number {
  const value = read(name)
  if (value === undefined) return fallback
  const seconds = parseDuration(value)
  if (seconds === undefined || seconds < least || seconds > most) {
    faults.push(
      `${name} is not a duration from ${least} to ${most} seconds: write 15m, 1h, 30d or seconds.`,
    )
  }
  return seconds ?? fallback
}

export function count(
  name: string,
  read: Read,
  faults: string[],
  fallback: number,
  [least, most]: [number, number],
): number {
  const value = Number(read(name) ?? fallback)
  if (Number.isSafeInteger(value) && value >= least && value <= most) return value
  faults.push(`${name} is not a number from ${least} to ${most}.`)
  return fallback
}

const LONGEST_NAME = 100

/** What the operator calls this API: it stands in the subjects of mails, and in what an authenticator app shows. */
export function appName(read: Read, faults: string[] = []): string {
  const name = read('APP_NAME') ?? NAME
  if (name.length <= LONGEST_NAME && !/\p{Cc}/u.test(name)) return name
  faults.push(`APP_NAME is not one line of up to ${LONGEST_NAME} letters.`)
  return NAME
}

/** 64 at most: longer ones cannot be asked for where 72 bytes must hold letters with accents too. */
export function passwordRules(read: Read, faults: string[], origin: string): PasswordRules {
  const host = URL.canParse(origin) ? new URL(origin).hostname : ''
  return {
    minLength: count('PASSWORD_MIN_LENGTH', read, faults, 8, [8, 64]),
    serviceNames: ['Usher', appName(read), host],
  }
}

export function corsOrigins(read: Read, faults: string[]): string[] {
  const values = (read('CORS_ORIGINS') ?? '')
    .split(',')
    .map((value) => value.trim())
    .filter((value) => value !== '')
  const origins = values.map(parseOrigin)
  if (origins.includes(undefined)) {
    faults.push('CORS_ORIGINS is not a comma-separated list of origins, https except on loopback.')
  }
  return origins.filter((value) => value !== undefined)
}

export function trustedProxy(read: Read, faults: string[]): TrustedProxy {
  const value = read('TRUSTED_PROXY') ?? (read('VERCEL') === undefined ? undefined : 'vercel')
  const header = read(PEER_HEADER_VARIABLE)
  if (value === undefined)
    return header === undefined ? { mode: 'none' } : { mode: 'socket', header }
  if (value === 'vercel' || value === 'cloudflare' || value === 'none') return { mode: value }
  if (value === 'socket') {
    if (header !== undefined) return { mode: 'socket', header }
    faults.push('TRUSTED_PROXY is socket, which npm start and npm run serve alone can offer.')
    return { mode: 'none' }
  }
  const hops = /^proxy:([1-9]\d?)$/.exec(value)?.[1]
  if (hops === undefined) {
    faults.push('TRUSTED_PROXY is not one of vercel, cloudflare, proxy:<n>, socket, none.')
    return { mode: 'none' }
  }
  return { mode: 'proxy', hops: Number(hops) }
}

/** Whether GraphQL tells its schema: yes, if `GRAPHQL_INTROSPECTION` is not `off`. */
export function introspection(read: Read, faults: string[]): boolean {
  const value = read('GRAPHQL_INTROSPECTION') ?? 'on'
  if (value !== 'on' && value !== 'off') faults.push('GRAPHQL_INTROSPECTION is on or off.')
  return value !== 'off'
}
