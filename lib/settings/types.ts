import type { JWK } from 'jose'
import type { Linking, Provider } from '../auth/identities/provider.ts'
import type { PasswordRules } from '../auth/passwords/rules.ts'
import type { MailService } from '../mail.ts'
import type { Plan } from '../rate-limit/plans.ts'
import type { PolicyName } from '../rate-limit/policies.ts'
import type { Database } from '../store/client/redis.ts'

/** The environment, checked. Lifetimes in seconds. */
export interface Settings {
  /** What this API is called. */
  name: string
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
  freshSignIn: number
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
  /** Whom people may sign in with. */
  providers: readonly Provider[]
  linking: Linking
  corsOrigins: readonly string[]
  /** Whether GraphQL tells its schema. */
  introspection: boolean
  trustedProxy: TrustedProxy
  limits: Partial<Record<PolicyName, { limit: number; windowSeconds: number }>>
  /** Rows that override the plan table, or are added to it. */
  plans: ReadonlyMap<string, Plan>
}

/** What pages need of them. */
export type PageSettings = Pick<
  Settings,
  | 'name'
  | 'origin'
  | 'accessSecrets'
  | 'refreshSecrets'
  | 'signingKey'
  | 'previousKeys'
  | 'passwordRules'
  | 'providers'
  | 'limits'
  | 'plans'
>

/** Where the client's address comes from. Nothing else is believed. */
export type TrustedProxy =
  | { mode: 'vercel' | 'cloudflare' | 'none' }
  | { mode: 'proxy'; hops: number }
  | { mode: 'socket'; header: string }

export type Variables = Readonly<Record<string, string | undefined>>
