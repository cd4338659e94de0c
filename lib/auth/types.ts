import type { AccessCode, Result } from '../contract/problems.ts'
import type { Log } from '../log.ts'
import type { Mailer } from '../mail.ts'
import type { BreachCheck } from '../pwned-passwords.ts'
import type { Plans } from '../rate-limit/plans.ts'
import type { PlansSeen } from '../rate-limit/plans-seen.ts'
import type { ClearedPolicyName, StrictPolicyName } from '../rate-limit/policies.ts'
import type { Counted, Decision, GivenBack, Partition } from '../rate-limit/types.ts'
import type { Read } from '../store/client/reply.ts'
import type { Store } from '../store/client/store.ts'
import type { SecurityEventType } from '../store/event-types.ts'
import type { EventFields, EventWords } from '../store/events.ts'
import type { Trace } from '../trace.ts'
import type { Passwords } from './passwords/password.ts'
import type { PasswordRules } from './passwords/rules.ts'
import type { DeadSessions } from './sessions/dead-sessions.ts'
import type { SessionsSeen } from './sessions/liveness.ts'
import type { Keyring } from './tokens/jws.ts'
import type { TokenResponse } from './tokens/token-response.ts'
import type { AccessTokens, RefreshTokens } from './tokens/tokens.ts'
import type { SecretBox } from './totp/secret-box.ts'

/** What the use cases need from outside. No clock, randomness or network of their own. */
export interface AuthDeps {
  now: () => number
  randomId: () => string
  newAccountId: () => string
  accessTokens: AccessTokens
  accessKeys: () => Promise<Keyring>
  refreshTokens: RefreshTokens
  lifetimes: Lifetimes
  /** Live sessions an account may have. */
  sessionsPerUser: number
  log: Log
  sessionsSeen: SessionsSeen
  deadSessions: DeadSessions
  plansSeen: PlansSeen
}

/** What the use cases that know plans need besides. */
export interface PlanDeps extends AuthDeps {
  plans: Plans
}

/** What the use cases around an address need besides. */
export interface MailDeps extends AuthDeps {
  /** A keyed hash, so that quota keys name no account. */
  accountKey: (account: string) => Promise<string>
  mailer: Mailer
  /** 256 random bits, base64url. */
  randomToken: () => string
  /** SHA-256, base64url. */
  tokenHash: (token: string) => Promise<string>
  /** The public origin, for links in mails and for passkeys. */
  origin: string
  /** What the service is called. */
  appName: string
}

/** What the use cases around passwords need besides: no other function carries bcrypt. */
export interface AccountDeps extends MailDeps {
  passwords: Passwords
  passwordRules: PasswordRules
  isBreached: BreachCheck
  /** Seals what the store keeps of TOTP. */
  secretBox: SecretBox
  randomBytes: (length: number) => Uint8Array<ArrayBuffer>
}

/** All in seconds. */
export interface Lifetimes {
  accessTokenTtl: number
  refreshTokenTtl: number
  sessionTtl: number
  refreshGrace: number
  /** How long a sign-in is fresh. */
  freshSignIn: number
}

/** Counts strict policies for one request and remembers the decisions for its headers. */
export interface Quotas {
  count<name extends StrictPolicyName>(policy: name, partition: Partition): Promise<Decision<name>>
  /** Counts without a header; {@link show} the decision that counts. */
  countQuietly<name extends StrictPolicyName>(
    policy: name,
    partition: Partition,
  ): Promise<Decision<name>>
  /**
   * Puts a decision into the answer's headers, and a denial into the events.
   *
   * @param user Whose account it is, where the caller has proven nothing.
   */
  show(decision: Decision, user?: string): void
  /** The same in several partitions, in one command. */
  countEachQuietly<name extends ClearedPolicyName>(
    policy: name,
    partitions: readonly Partition[],
  ): Promise<Decision<name>[]>
  /** Gives back, in one command. A failure is logged; the client then has one request less. */
  giveBack<name extends StrictPolicyName>(
    counted: readonly Counted<name>[],
    amount: GivenBack<name>,
  ): Promise<void>
  /** The same behind the answer: nobody waits for it. */
  giveBackLater<name extends StrictPolicyName>(
    counted: readonly Counted<name>[],
    amount: GivenBack<name>,
  ): void
}

/** Who asks, from the verified token alone. */
export interface Principal {
  /** The account's opaque id. */
  accountId: string
  /** The account's address, which names its record. */
  userId: string
  sessionId: string
}

/** Records a security event; the request's id and address are added. */
export type Report = (type: SecurityEventType, fields?: EventFields) => void

/** The browser's cookies: what is put in goes out with the answer, whatever that is. */
export interface CookieJar {
  give(tokens: TokenResponse): void
  clear(): void
  /** Another one, as its `Set-Cookie` value. */
  add(cookie: string): void
}

/** Which page sent the request, as the browser says. */
export interface Site {
  /** A page of this origin: what an unsafe request with cookies must come from. */
  sameOrigin: boolean
  /** The same by `Sec-Fetch-Site` alone: a browser that goes to another page sends no `Origin`. */
  sameOriginFetch: boolean
  /** A page of another origin. A program is neither. */
  foreign: boolean
}

/** One request as a use case sees it. */
export interface AuthCall<input = undefined> {
  input: input
  store: Store
  /** Reads in the round trip that also learns whether the caller's session lives. */
  read<value>(read: Read<value>): Promise<Result<value, AccessCode>>
  /** Milliseconds since the caller signed in; undefined where nobody has asked the store for it. */
  signedInAgo: () => number | undefined
  quotas: Quotas
  /** Always there where the operation's row needs an account: see `Call` in `lib/operation.ts`. */
  principal: Principal | undefined
  /** The tokens as presented, unverified: logging out judges them by itself. */
  presented: { access?: string | undefined; refresh?: string | undefined; by?: 'cookies' }
  cookies: CookieJar
  /** The request's own `Cookie` field, of which {@link presented} has the tokens. */
  sentCookies: string | null
  site: Site
  /** The trace of the request; it is passed on to the services that the request calls. */
  trace: Trace | undefined
  /** The name of the account's plan, after the store was asked; `free` before. */
  plan: () => string
  /** Goes on after the answer is sent. */
  later: (work: Promise<unknown>) => void
  /** The same, with a store of its own. */
  background: (work: (store: () => Store) => Promise<unknown>) => void
  /** Tells the operator, after the answer. */
  report: Report
  /** The same for a script that records the event in its own step. */
  event: (type: SecurityEventType, fields: EventFields) => EventWords
  /** Names the caller in the log and the events, when only the use case knows who it is. */
  identify: (principal: Principal) => void
  /** `partition` is what a quota counts of the address; `userAgent` may be shown to people. */
  client: { address: string | undefined; partition: Partition; userAgent: string }
}
