import type { JWK } from 'jose'
import type { PasswordRules } from '../auth/passwords/new-password.ts'
import type { MailService } from '../mail.ts'
import type { PolicyName } from '../rate-limit/policies.ts'
import type { Database } from '../store/client/redis.ts'
import {
  corsOrigins,
  count,
  database,
  duration,
  limits,
  mail,
  metricsToken,
  origin,
  passwordRules,
  pwnedPasswordsUrl,
  readerOf,
  secrets,
  signingKeys,
  trustedProxy,
} from './readers.ts'

/** The environment, checked. Lifetimes in seconds. */
export interface Settings {
  /** The public origin: `iss` and `aud` of every token. */
  origin: string
  accessSecrets: readonly [current: string, ...previous: string[]]
  refreshSecrets: readonly [current: string, ...previous: string[]]
  /** In the second word of API keys: `test` where the origin is on loopback. */
  keyEnvironment: 'live' | 'test'
  /** A private JWK that signs access tokens in place of the secret. */
  signingKey: JWK | undefined
  /** JWKs that signed before: their tokens still verify. */
  previousKeys: readonly JWK[]
  accessTokenTtl: number
  refreshTokenTtl: number
  sessionTtl: number
  refreshGrace: number
  sessionsPerUser: number
  data: Database
  /** Users and sessions, when they have a database of their own. */
  auth: Database | undefined
  /** Mail over Resend's HTTP API; undefined where none is configured. */
  mail: MailService | undefined
  passwordRules: PasswordRules
  /** The range endpoint of Have I Been Pwned; undefined where passwords are not looked up. */
  pwnedPasswordsUrl: string | undefined
  /** Reads the metrics, and nothing else. */
  metricsToken: string | undefined
  corsOrigins: readonly string[]
  trustedProxy: TrustedProxy
  limits: Partial<Record<PolicyName, { limit: number; windowSeconds: number }>>
}

/** Where the client's address comes from. Nothing else is believed. */
export type TrustedProxy =
  | { mode: 'vercel' | 'cloudflare' | 'none' }
  | { mode: 'proxy'; hops: number }
  | { mode: 'socket'; header: string }

export type Variables = Readonly<Record<string, string | undefined>>

/** Thrown by {@link env}: what the operator must set, one sentence a fault, no values. */
export class EnvironmentFault extends Error {
  override readonly name = 'EnvironmentFault'
  readonly faults: readonly string[]

  constructor(faults: readonly string[]) {
    super(faults.join(' '))
    this.faults = faults
  }
}

let memo: Settings | undefined

/**
 * The settings of this process, read once, at the first request: a build needs no secrets.
 *
 * @throws EnvironmentFault naming every faulty variable at once.
 */
export function env(): Settings {
  memo ??= parseSettings(process.env)
  return memo
}

/** Checks all variables. @throws EnvironmentFault naming every faulty one at once. */
export function parseSettings(variables: Variables): Settings {
  const faults: string[] = []
  const read = readerOf(variables)

  const accessSecrets = secrets('SECRET_TOKEN', read, faults)
  const refreshSecrets = secrets('SECRET_RTOKEN', read, faults)
  if (refreshSecrets.some((secret) => secret !== '' && accessSecrets.includes(secret))) {
    faults.push('SECRET_RTOKEN equals SECRET_TOKEN, now or earlier: set two different secrets.')
  }

  const publicOrigin = origin(read, faults)
  const settings: Settings = {
    origin: publicOrigin,
    accessSecrets,
    refreshSecrets,
    keyEnvironment: publicOrigin.startsWith('https:') ? 'live' : 'test',
    ...signingKeys(read, faults),
    accessTokenTtl: duration('ACCESS_TOKEN_TTL', read, faults, 3_600, [1, 86_400]),
    refreshTokenTtl: duration('REFRESH_TOKEN_TTL', read, faults, 2_592_000, [1, 31_536_000]),
    sessionTtl: duration('SESSION_TTL', read, faults, 15_552_000, [1, 315_360_000]),
    refreshGrace: duration('REFRESH_GRACE', read, faults, 10, [0, 60]),
    sessionsPerUser: count('SESSIONS_PER_USER', read, faults, 1_000, [1, 100_000]),
    data: database('UPSTASH_REDIS_REST_URL', 'UPSTASH_REDIS_REST_TOKEN', read, faults, [
      'KV_REST_API_URL',
      'KV_REST_API_TOKEN',
    ]) ?? { url: '', token: '' },
    auth:
      read('AUTH_REDIS_REST_URL') === undefined && read('AUTH_REDIS_REST_TOKEN') === undefined
        ? undefined
        : database('AUTH_REDIS_REST_URL', 'AUTH_REDIS_REST_TOKEN', read, faults),
    mail: mail(read, faults),
    passwordRules: passwordRules(read, faults, publicOrigin),
    pwnedPasswordsUrl: pwnedPasswordsUrl(read, faults),
    metricsToken: metricsToken(read, faults),
    corsOrigins: corsOrigins(read, faults),
    trustedProxy: trustedProxy(read, faults),
    limits: limits(read, faults),
  }
  if (faults.length > 0) throw new EnvironmentFault(faults)
  return settings
}
