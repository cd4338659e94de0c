import ipaddr from 'ipaddr.js'
import type { JWK } from 'jose'
import type { PasswordRules } from '../auth/passwords/rules.ts'
import { algorithmOf } from '../auth/tokens/jws.ts'
import type { MailService } from '../mail.ts'
import { NAME } from '../name.ts'
import { POLICIES, type PolicyName } from '../rate-limit/policies.ts'
import type { Settings, TrustedProxy, Variables } from './types.ts'

/**
 * How each variable is read. A reader adds a sentence for every fault to a list, and goes on, so that
 * all faults are named at once; no sentence holds a value.
 */

/** The secrets of `.env.example`: long enough to pass, public, and so refused. */
export const EXAMPLE_SECRETS: readonly string[] = [
  'example-only-replace-with-32-random-bytes-for-access',
  'example-only-replace-with-32-random-bytes-for-refresh',
]

/** The start server names the header that carries the peer's address in this variable. */
export const PEER_HEADER_VARIABLE = 'USHER_PEER_HEADER'

/** A variable's text without white space around it; undefined when it is missing or empty. */
export type Read = (name: string) => string | undefined

export function readerOf(variables: Variables): Read {
  return (name) => variables[name]?.trim() || undefined
}

export function secrets(
  name: 'SECRET_TOKEN' | 'SECRET_RTOKEN',
  read: Read,
  faults: string[],
): [string, ...string[]] {
  const current = read(name) ?? ''
  const previousName = `${name}_PREVIOUS`
  const previous = (read(previousName) ?? '')
    .split(',')
    .map((secret) => secret.trim())
    .filter((secret) => secret !== '')

  const how = 'set 32 random bytes or more, such as the output of `openssl rand -base64 48`.'
  if (current === '') faults.push(`${name} is missing: ${how}`)
  else checkSecret(name, current, how, faults)
  for (const secret of previous) checkSecret(previousName, secret, how, faults)
  return [current, ...previous]
}

function checkSecret(name: string, secret: string, how: string, faults: string[]): void {
  if (EXAMPLE_SECRETS.includes(secret)) faults.push(`${name} is the example's: ${how}`)
  else if (new TextEncoder().encode(secret).length < 32) {
    faults.push(`${name} is shorter than 32 bytes: ${how}`)
  }
}

const MOST_PREVIOUS_KEYS = 15

/** ES256 or EdDSA. Others verify with the same key without its private part. */
export function signingKeys(
  read: Read,
  faults: string[],
): Pick<Settings, 'signingKey' | 'previousKeys'> {
  const current = read('SIGNING_KEY')
  const signingKey = current === undefined ? undefined : parseJson(current)
  const previous = parseJson(read('SIGNING_KEY_PREVIOUS') ?? '[]')
  const previousKeys: unknown[] = Array.isArray(previous) ? previous : [previous]

  const signs = isSignatureKey(signingKey) && typeof signingKey.d === 'string'
  if (current !== undefined && !signs) {
    faults.push('SIGNING_KEY is not a private JWK with the curve P-256 or Ed25519.')
  }
  if (!previousKeys.every(isSignatureKey) || previousKeys.length > MOST_PREVIOUS_KEYS) {
    faults.push(
      `SIGNING_KEY_PREVIOUS is not a JWK with the curve P-256 or Ed25519, or a JSON array of ${MOST_PREVIOUS_KEYS} at most.`,
    )
  }
  const keys = [...(signs ? [signingKey] : []), ...previousKeys.filter(isSignatureKey)]
  const distinct = new Set(keys.map(({ x }) => x)).size === keys.length
  const kids = keys.flatMap(({ kid }) => kid ?? [])
  if (!distinct || new Set(kids).size < kids.length) {
    faults.push('SIGNING_KEY and SIGNING_KEY_PREVIOUS name a key or a `kid` twice: once is enough.')
  }
  return {
    signingKey: signs ? signingKey : undefined,
    previousKeys: previousKeys.filter(isSignatureKey),
  }
}

/** Undefined when it is not JSON. */
function parseJson(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    return undefined
  }
}

function isSignatureKey(value: unknown): value is JWK {
  if (typeof value !== 'object' || value === null) return false
  const { kid, x, ...jwk }: JWK = value
  const named = kid === undefined || (typeof kid === 'string' && kid.length <= 128)
  const algorithm = algorithmOf(jwk)
  return named && typeof x === 'string' && (algorithm === 'ES256' || algorithm === 'EdDSA')
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
  const loopback = /^(localhost|127(\.\d+){3}|\[::1\])$/.test(url.hostname)
  const safe =
    (url.protocol === 'https:' && !url.hostname.includes('*')) ||
    (url.protocol === 'http:' && loopback)
  return bare && safe ? url.origin : undefined
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

export function database(
  urlName: string,
  tokenName: string,
  read: Read,
  faults: string[],
  aliases?: [string, string],
): { url: string; token: string } | undefined {
  const own = read(urlName) !== undefined || read(tokenName) !== undefined || aliases === undefined
  const [urlVariable, tokenVariable] = own ? [urlName, tokenName] : aliases
  const url = read(urlVariable)
  const token = read(tokenVariable)
  if (url === undefined) faults.push(`${urlName} is missing: set the database's REST address.`)
  else if (!isServiceUrl(url)) {
    faults.push(`${urlVariable} is not a REST address such as https://x.upstash.io: ${ENCRYPTED}`)
  }
  if (token === undefined) faults.push(`${tokenName} is missing: set the database's REST token.`)
  else if (/\s/.test(token)) faults.push(`${tokenVariable} holds white space.`)
  return url === undefined || token === undefined ? undefined : { url, token }
}

/** All three variables or none. */
export function mail(read: Read, faults: string[]): MailService | undefined {
  const names = ['MAIL_API_URL', 'MAIL_API_KEY', 'MAIL_FROM'] as const
  const [url, key, from] = names.map(read)
  if (url === undefined && key === undefined && from === undefined) return undefined
  for (const name of names) {
    if (read(name) === undefined) faults.push(`${name} is missing: mail needs ${names.join(', ')}.`)
  }
  if (url !== undefined && !isServiceUrl(url)) {
    const example = 'https://api.resend.com/emails'
    faults.push(`MAIL_API_URL is not an address such as ${example}: ${ENCRYPTED}`)
  }
  return url && key && from ? { url, key, from } : undefined
}

/** 64 at most: longer ones cannot be asked for where 72 bytes must hold letters with accents too. */
export function passwordRules(read: Read, faults: string[], origin: string): PasswordRules {
  const host = URL.canParse(origin) ? new URL(origin).hostname : ''
  return {
    minLength: count('PASSWORD_MIN_LENGTH', read, faults, 8, [8, 64]),
    serviceNames: ['Usher', read('APP_NAME') ?? NAME, host],
  }
}

export function pwnedPasswordsUrl(read: Read, faults: string[]): string | undefined {
  const url = read('PWNED_PASSWORDS_URL')
  if (url !== undefined && !isServiceUrl(url)) {
    const example = 'https://api.pwnedpasswords.com/range/'
    faults.push(`PWNED_PASSWORDS_URL is not an address such as ${example}: ${ENCRYPTED}`)
  }
  return url
}

export function metricsToken(read: Read, faults: string[]): string | undefined {
  const token = read('METRICS_TOKEN')
  if (token !== undefined && !/^[!-~]{32,}$/.test(token)) {
    faults.push('METRICS_TOKEN is not 32 letters, digits and signs or more, without white space.')
  }
  return token
}

const ENCRYPTED =
  'it begins with https://; http:// will do for loopback, a private address, or a name without a dot.'

/** The address of a service that receives secrets: https, unless it is in a private network. */
function isServiceUrl(text: string): boolean {
  if (!/^https?:\/\/[^\s#?]+$/.test(text) || !URL.canParse(text)) return false
  const { protocol, hostname } = new URL(text)
  return protocol === 'https:' || isOwnNetwork(hostname)
}

/** The names that `ipaddr.js` has for RFC 1918 and RFC 4193, loopback and link-local addresses. */
const OWN_RANGES: readonly string[] = ['loopback', 'private', 'uniqueLocal', 'linkLocal']

/** @param hostname As the URL standard writes it: IPv4 in four decimal parts, IPv6 in brackets. */
function isOwnNetwork(hostname: string): boolean {
  const address = hostname.replace(/^\[|\]$/g, '')
  if (ipaddr.isValid(address)) return OWN_RANGES.includes(ipaddr.process(address).range())
  return !hostname.includes('.')
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

export function limits(read: Read, faults: string[]): Settings['limits'] {
  const value = read('RATE_LIMITS')
  if (value === undefined) return {}
  const form = 'RATE_LIMITS is not of the form {"signin":{"limit":20,"window":"1m"}}'
  let rows: unknown
  try {
    rows = JSON.parse(value)
  } catch {
    faults.push(`${form}: it is not JSON.`)
    return {}
  }
  if (typeof rows !== 'object' || rows === null || Array.isArray(rows)) {
    faults.push(`${form}.`)
    return {}
  }
  const overrides: Settings['limits'] = {}
  for (const [name, row] of Object.entries(rows)) {
    if (!isPolicyName(name)) {
      faults.push(`RATE_LIMITS names no policy: ${JSON.stringify(name).slice(0, 40)}.`)
      continue
    }
    const override = limitOverride(name, row)
    if (override === undefined) faults.push(`${form}: ${name}.`)
    else overrides[name] = override
  }
  return overrides
}

/** A number alone is the limit; an object may say `limit`, `window` or both, and nothing else. */
function limitOverride(
  name: PolicyName,
  row: unknown,
): { limit: number; windowSeconds: number } | undefined {
  if (typeof row === 'number') return limitOverride(name, { limit: row })
  if (typeof row !== 'object' || row === null || Array.isArray(row)) return undefined
  const known = Object.keys(row).every((key) => key === 'limit' || key === 'window')
  const {
    limit = POLICIES[name].limit,
    window = POLICIES[name].windowSeconds,
  }: {
    limit?: unknown
    window?: unknown
  } = row
  const windowSeconds = parseDuration(String(window)) ?? 0
  const valid =
    typeof limit === 'number' && Number.isSafeInteger(limit) && limit > 0 && limit <= 1e9
  return known && valid && windowSeconds > 0 ? { limit, windowSeconds } : undefined
}

function isPolicyName(name: string): name is PolicyName {
  return Object.hasOwn(POLICIES, name)
}
