import { remember } from '../../bounded-map.ts'
import { type Access, LEVELS } from '../../contract/access.ts'
import { type AccessCode, fail, ok, type Result } from '../../contract/problems.ts'
import type { PlansSeen } from '../../rate-limit/plans-seen.ts'
import type { Read } from '../../store/client/reply.ts'
import type { Store } from '../../store/client/store.ts'
import type { KeyLiveness } from '../../store/key-liveness.ts'
import {
  type Holder,
  type Liveness,
  liveness,
  livenessAtPrimary,
  livenessRead,
} from '../../store/liveness.ts'
import type { KeyProof, KeyScope } from '../api-keys/key-proof.ts'
import type { AccessClaims } from '../tokens/tokens.ts'
import { type DeadSessions, SETTLED_TOKEN_SECONDS } from './dead-sessions.ts'

/** The proof of who asks: a session's verified token, or an API key with the scope that is needed. */
export type Proof = { claims: AccessClaims } | { key: KeyProof }

/** A token this young may be ahead of the replica that is asked. */
const YOUNG_TOKEN_SECONDS = 10

/** Whose API key was proven: the address, and the id if the account has one. */
export interface KeyOwner {
  userId: string
  accountId: string | undefined
}

/** Sessions as this isolate last saw them alive, with the level and the plan of their account. */
export type SessionsSeen = Map<string, { at: number; level: number; plan: string }>

/**
 * The right of one request to its answer: a verified token says who asks, the store says whether
 * that session still lives and what level the account has now. The store is asked in the same command as
 * the data where it can be, else in the same round trip, and what came back is thrown away when the
 * session is dead.
 */
export class LiveAccess {
  readonly #store: Store
  readonly #claims: AccessClaims | undefined
  readonly #key: KeyProof | undefined
  readonly #access: Access
  readonly #now: () => number
  readonly #seen: SessionsSeen
  readonly #dead: DeadSessions | undefined
  readonly #plans: PlansSeen | undefined
  #proof: Result<undefined, AccessCode> | undefined
  #level: number | undefined
  #signedInAgo: number | undefined
  #plan: string | undefined
  #keyOwner: KeyOwner | undefined
  #scopes: readonly string[] = []

  /** Renews a cookie that is over, where nobody had to sign in and so none was renewed yet. */
  renew: (() => Promise<unknown>) | undefined

  /**
   * @param proof Of what was presented. Where `access` is `public`, {@link readAsCaller} alone asks for it.
   */
  constructor(
    store: Store,
    proof: Proof | undefined,
    access: Access,
    now: () => number,
    {
      seen = new Map(),
      dead,
      plans,
    }: { seen?: SessionsSeen; dead?: DeadSessions; plans?: PlansSeen } = {},
  ) {
    this.#seen = seen
    this.#dead = dead
    this.#plans = plans
    this.#store = store
    this.#claims = proof !== undefined && 'claims' in proof ? proof.claims : undefined
    this.#key = proof !== undefined && 'key' in proof ? proof.key : undefined
    this.#access = access
    this.#now = now
  }

  /** What the account's level is; undefined before the store was asked. */
  get level(): number | undefined {
    return this.#level
  }

  /** Milliseconds since the user of a session signed in; undefined before the store was asked for it. */
  get signedInAgo(): number | undefined {
    return this.#signedInAgo
  }

  /** The name of the account's plan; undefined before the store was asked. */
  get plan(): string | undefined {
    return this.#plan
  }

  /** The id of the key that was proven. */
  get usedKey(): string | undefined {
    return this.#keyOwner === undefined ? undefined : this.#key?.id
  }

  /** Whose key was proven; undefined before the store was asked, and for sessions. */
  get keyOwner(): KeyOwner | undefined {
    return this.#keyOwner
  }

  /** Accepts a rotation as the proof: it has just read the account's level and plan at the primary. */
  accept({ level, plan }: { level: number; plan: string }): void {
    this.#plan = plan
    this.#proof = this.#judgeLevel(level)
  }

  /** Accepts as the proof that this isolate saw the session alive in the last so many seconds. */
  recall(seconds: number): void {
    const seen = this.#seen.get(this.#claims?.sid ?? '')
    if (seen !== undefined && this.#now() - seen.at < seconds * 1_000) this.accept(seen)
  }

  /** Reads, and proves the right to the answer in the same trip. */
  async read<value>(read: Read<value>): Promise<Result<value, AccessCode>> {
    if (this.#access !== 'public' && this.#proof === undefined) {
      const [proof, value] = await this.#readAndProve(read)
      return proof.ok ? ok(value) : proof
    }
    if (this.#access !== 'public' && this.#proof?.ok === false) return this.#proof
    const [value] = await this.#store.read(read)
    return ok(value)
  }

  /**
   * Reads, and proves in the same trip who asks, also where nobody has to sign in: there what does not hold
   * is as good as none.
   */
  async readAsCaller<value>(read: Read<value>): Promise<Result<value, AccessCode>> {
    if (this.#access === 'public') await this.renew?.()
    const knows = this.#proof !== undefined || (this.#key ?? this.#claims) === undefined
    if (this.#access !== 'public' || knows) return this.read(read)
    const [, value] = await this.#readAndProve(read)
    return ok(value)
  }

  /** Whether the caller may do something else, as far as it is proven who that is. */
  may(wanted: KeyScope, access: Access): boolean {
    if (access === 'public') return true
    if (this.#level === undefined || this.#level < LEVELS[access]) return false
    return this.#key?.reaches(this.#scopes, wanted) !== false
  }

  /** Reads, with the proof; what came with a bad one is the caller's to throw away. */
  async #readAndProve<value>(
    read: Read<value>,
  ): Promise<[proof: Result<undefined, AccessCode>, value: value]> {
    const session = this.#session()
    if (this.#key !== undefined) {
      const [found, value] = await this.#store.readBoth(this.#key.read, read)
      this.#proof = this.#judgeKey(found)
      return [this.#proof, value]
    }
    if (session === undefined) {
      const [value] = await this.#store.read(read)
      return [fail('invalid-token', 'no claims'), value]
    }
    const [found, value] = await this.#store.readBoth(livenessRead(session), read)
    this.#proof = await this.#judge(session, liveness(session, found))
    return [this.#proof, value]
  }

  /** Proves the right, if no read has. It runs before every answer, and before a write begins. */
  async prove(): Promise<Result<undefined, AccessCode>> {
    if (this.#access === 'public') return ok(undefined)
    if (this.#proof !== undefined) return this.#proof
    if (this.#key !== undefined) {
      this.#proof = this.#judgeKey(await this.#store.readCaller(this.#key.read))
      return this.#proof
    }
    const session = this.#session()
    if (session === undefined) return fail('invalid-token', 'no claims')
    const found = await this.#store.readCaller(livenessRead(session))
    this.#proof = await this.#judge(session, liveness(session, found))
    return this.#proof
  }

  #session(): Holder | undefined {
    const claims = this.#claims
    if (claims === undefined) return undefined
    return { sessionId: claims.sid, accountId: claims.sub, userId: claims.user }
  }

  async #judge(session: Holder, found: Liveness): Promise<Result<undefined, AccessCode>> {
    const ageSeconds = this.#now() / 1_000 - (this.#claims?.iat ?? 0)
    const missing = found.status === 'session-missing' || found.status === 'user-missing'
    // A replica may have had one half of a change of session and account, and not yet the other.
    const between = found.status === 'session-superseded'
    const state =
      between || (missing && ageSeconds < YOUNG_TOKEN_SECONDS)
        ? await livenessAtPrimary(this.#store, session)
        : found
    if (state.status !== 'live') {
      this.#seen.delete(session.sessionId)
      // A disabled account may come back; a session that was not found may not have been copied yet.
      const final = !(missing && ageSeconds < SETTLED_TOKEN_SECONDS)
      if (final && state.status !== 'user-disabled' && this.#claims !== undefined) {
        this.#dead?.remember(this.#claims)
      }
      return fail('invalid-token', state.status)
    }
    const { level, plan, signedInAgo } = state
    remember(this.#seen, session.sessionId, { at: this.#now(), level, plan })
    this.#signedInAgo = signedInAgo
    this.#notePlan(session.accountId, plan)
    return this.#judgeLevel(state.level)
  }

  /** A key reaches what it is scoped for, and no further than its owner does. */
  #judgeKey(found: KeyLiveness): Result<undefined, AccessCode> {
    if (found.status !== 'live') return fail('invalid-token', found.status)
    const { userId, accountId } = found
    this.#keyOwner = { userId, accountId }
    this.#notePlan(accountId ?? userId, found.plan)
    this.#scopes = found.scopes
    if (this.#access !== 'public' && this.#key?.reaches(found.scopes) !== true) {
      const detail = `The API key needs the scope ${this.#key?.needs()}.`
      return fail('insufficient-scope', 'not in the scopes of the key', { detail })
    }
    return this.#judgeLevel(found.level)
  }

  /** A changed plan is noticed as a changed level is, where gate and endpoints share their memory. */
  #notePlan(accountId: string, plan: string): void {
    this.#plan = plan
    this.#plans?.note(accountId, plan)
  }

  #judgeLevel(level: number): Result<undefined, AccessCode> {
    this.#level = level
    const needed = this.#access === 'public' ? 0 : LEVELS[this.#access]
    if (level >= needed) return ok(undefined)
    const detail = `This needs an account of the level ${this.#access} (${needed}); yours has ${level}.`
    return fail('insufficient-scope', `level ${level}, needs ${needed}`, { detail })
  }
}
