import { remember } from '../../bounded-map.ts'

/** A session that is not found for a token this old is gone: no replica lags that far. */
export const SETTLED_TOKEN_SECONDS = 60

/** What a token says of its session; times in epoch seconds. */
export interface TokenTimes {
  sid: string
  iat: number
  exp: number
}

/**
 * Sessions that were found ended, until the last of their tokens ends by itself. Such a token is
 * signed and good for nothing: it counts as the address it comes from, not as its user.
 */
export class DeadSessions {
  /** When a session's last token ends, and up to which one was found dead; epoch seconds. */
  readonly #found = new Map<string, { exp: number; iat: number }>()
  readonly #now: () => number

  constructor(now: () => number) {
    this.#now = now
  }

  /** Notes that the session of a token has ended for good. */
  remember({ sid, iat, exp }: TokenTimes): void {
    const known = this.#found.get(sid)
    remember(this.#found, sid, {
      exp: Math.max(exp, known?.exp ?? 0),
      iat: Math.max(iat, known?.iat ?? 0),
    })
  }

  /** Notes that a session was ended here. None of its tokens outlives a refresh token made now. */
  end(sid: string, { refreshTokenTtl }: { refreshTokenTtl: number }): void {
    const iat = Math.ceil(this.#now() / 1_000)
    this.remember({ sid, iat, exp: iat + refreshTokenTtl })
  }

  /**
   * Whether the session of a token is known to have ended. A session that has ended issues no token:
   * one that is younger than what was found is asked about anew.
   */
  has({ sid, iat }: TokenTimes): boolean {
    const found = this.#found.get(sid)
    return found !== undefined && iat <= found.iat && this.#now() < found.exp * 1_000
  }
}
