import { remember } from '../bounded-map.ts'

/** The newest that an isolate knows of an account's plan, from its tokens and from the store. */
export class PlansSeen {
  readonly #seen = new Map<string, { plan: string; at: number }>()
  readonly #now: () => number

  constructor(now: () => number) {
    this.#now = now
  }

  /** Notes what the store says now. @param accountId What quotas count by. */
  note(accountId: string, plan: string): void {
    remember(this.#seen, accountId, { plan, at: this.#now() })
  }

  /**
   * The plan of an account by what its token says or the store said, whichever is later.
   *
   * @param iat When the token was made, in epoch seconds.
   * @returns Undefined where neither says.
   */
  latest(claims: { sub: string; plan?: string; iat: number }): string | undefined {
    const { sub, plan, iat } = claims
    const seen = this.#seen.get(sub)
    return seen !== undefined && (plan === undefined || seen.at >= iat * 1_000) ? seen.plan : plan
  }
}
