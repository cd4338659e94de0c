import type { JWK } from 'jose'
import { algorithmOf } from './auth/jws.ts'
import type { Settings, TrustedProxy } from './env.ts'
import type { MailService } from './mail.ts'
import { POLICIES, type PolicyName } from './rate-limit/policies.ts'

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

/** ES256 or EdDSA; what others verify with is the same key without its private part. */
export function signingKey(read: Read, faults: string[]): JWK | undefined {
  const value = read('SIGNING_KEY')
  if (value === undefined) return undefined
  try {
    const jwk: JWK = JSON.parse(value)
    const algorithm = algorithmOf(jwk)
    const named = jwk.kid === undefined || (typeof jwk.kid === 'string' && jwk.kid.length <= 128)
    const complete = typeof jwk.d === 'string' && typeof jwk.x === 'string' && named
    if (complete && (algorithm === 'ES256' || algorithm === 'EdDSA')) return jwk
  } catch {
    // Not JSON: the fault below says what it should be.
  }
  faults.push('SIGNING_KEY is not a private JWK with the curve P-256 or Ed25519.')
  return undefined
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

export function count(name: string, read: Read, faults: string[], fallback: number): number {
  const value = Number(read(name) ?? fallback)
  if (Number.isSafeInteger(value) && value > 0 && value <= 100_000) return value
  faults.push(`${name} is not a number from 1 to 100000.`)
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
  else if (!isHttpUrl(url)) {
    faults.push(
      `${urlVariable} is not a REST address: it begins with https://, or http:// in a network of your own.`,
    )
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
  if (url !== undefined && !isHttpUrl(url)) {
    faults.push('MAIL_API_URL is not an address, such as https://api.resend.com/emails.')
  }
  return url && key && from ? { url, key, from } : undefined
}

export function pwnedPasswordsUrl(read: Read, faults: string[]): string | undefined {
  const url = read('PWNED_PASSWORDS_URL')
  if (url !== undefined && !isHttpUrl(url)) {
    const example = 'https://api.pwnedpasswords.com/range/'
    faults.push(`PWNED_PASSWORDS_URL is not an address, such as ${example}.`)
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

function isHttpUrl(text: string): boolean {
  return /^https?:\/\/[^\s#?]+$/.test(text) && URL.canParse(text)
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
