import type { JWK } from 'jose'
import { algorithmOf } from '../auth/tokens/jws.ts'
import type { Read } from './readers.ts'
import type { Settings } from './types.ts'

/** The secrets of `.env.example`: long enough to pass, public, and so refused. */
export const EXAMPLE_SECRETS: readonly string[] = [
  'example-only-replace-with-32-random-bytes-for-access',
  'example-only-replace-with-32-random-bytes-for-refresh',
]

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

export function metricsToken(read: Read, faults: string[]): string | undefined {
  const token = read('METRICS_TOKEN')
  if (token !== undefined && !/^[!-~]{32,}$/.test(token)) {
    faults.push('METRICS_TOKEN is not 32 letters, digits and signs or more, without white space.')
  }
  return token
}
