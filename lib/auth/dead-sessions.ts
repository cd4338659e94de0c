import { remember } from '../bounded-map.ts'

/**
 * Sessions that are known to have ended, until their last token expires. Such a token has a good
 * signature and opens nothing: its requests count for the client's address, not for its user.
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

  /** Whether a session is known to have ended. */
  has(sid: string): boolean {
    const until = this.#until.get(sid)
    return until !== undefined && this.#now() < until * 1_000
  }
}
