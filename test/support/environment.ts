import { randomBytes } from 'node:crypto'
import { POLICIES, type PolicyName } from '../../lib/rate-limit/policies.ts'
import type { Variables } from '../../lib/settings/types.ts'

/** Of the API in this process. */
export const ORIGIN = 'https://api.example.com'

/** Where a store is, as the environment names it. */
export interface StoreAddress {
  url: string
  token: string
}

/** Nobody listens there: the store is away. */
export const NO_STORE: StoreAddress = { url: 'http://127.0.0.1:1', token: 'token' }

/** An origin whose pages may read, and the environment that says so. */
export const LISTED = 'https://app.example.com'
export const WITH_CORS = { CORS_ORIGINS: `${LISTED}, https://other.example` }

export function secret(): string {
  return randomBytes(48).toString('base64url')
}

/** Of all servers of this process: with one issuer they take each other's tokens. */
export const SECRET_TOKEN = secret()
export const SECRET_RTOKEN = secret()

/** Requests a day. */
export type Limits = Partial<Record<PolicyName, number>>

/**
 * `RATE_LIMITS` for tests that are not about quotas: those that are not named are out of the way, for
 * a day, so that no window ends while a test counts trips. That of an API key stays as it is: keys have
 * limits of their own, at most as large.
 */
export function rateLimits(own: Limits = {}): string {
  const others = Object.keys(POLICIES).filter((policy) => policy !== 'key')
  const limits = { ...Object.fromEntries(others.map((policy) => [policy, 1_000_000])), ...own }
  const windows = Object.entries(limits).map(([policy, limit]) => [policy, { limit, window: '1d' }])
  return JSON.stringify(Object.fromEntries(windows))
}

interface Known {
  origin: string
  /** Undefined where `env` names one in another way, or where none is to be named. */
  store?: StoreAddress | undefined
  limits?: Limits | undefined
  /** More variables, or others in the place of these; undefined takes one away. */
  env?: Variables | undefined
}

/** All that the API must be told. */
export function environmentOf({ origin, store, limits, env }: Known): Variables {
  return {
    SECRET_TOKEN,
    SECRET_RTOKEN,
    APP_ORIGIN: origin,
    UPSTASH_REDIS_REST_URL: store?.url,
    UPSTASH_REDIS_REST_TOKEN: store?.token,
    RATE_LIMITS: rateLimits(limits),
    ...env,
  }
}
