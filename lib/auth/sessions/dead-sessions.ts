import { remember } from '../../bounded-map.ts'

/**
 * Sessions that were found ended, until the last of their tokens ends by itself. Such a token is
 * signed and good for nothing: it counts as the address it comes from, not as its user.
 */
export class DeadSessions {
  /** When a session's token ends, in epoch seconds. */
  readonly #until = new Map<string, number>()
  readonly #now: () => number

  constructor(now: () => number) {
    this.#now = now
  }

  /** Notes that the session of a token has ended for good. `exp` in epoch seconds. */
  remember({ sid, exp }: { sid: string; exp: number }): void {
    remember(this.#until, sid, Math.max(exp, this.#until.get(sid) ?? 0))
  }

  /** Notes that a session was ended here. None of its tokens outlives a refresh token made now. */
  end(sid: string, { refreshTokenTtl }: { refreshTokenTtl: number }): void {
    this.remember({ sid, exp: Math.ceil(this.#now() / 1_000) + refreshTokenTtl })
  }

  /** Whether a session is known to have ended. */
  has(sid: string): boolean {
    const until = this.#until.get(sid)
    return until !== undefined && this.#now() < until * 1_000
  }
}
