/** A write of one isolate at one database: its sync token, and the number that the isolate gave it. */
export interface Mark {
  isolate: string
  writes: number
  token: string
}

/** What the reads of one request have to see at one database. */
export interface Sight {
  /** The last write of the caller, in whatever isolate that was, as the caller says. */
  carried?: Mark | undefined
  /** The last write of this request. */
  written?: Mark
}

/**
 * The sync tokens of one database, as this isolate has them: a read that carries the token of a write sees
 * that write, whichever replica serves it. The token of the last write stays; a read which left before
 * a write and came back after it does not replace it. See docs/decisions/017.
 */
export class SyncTokens {
  #token = ''
  #writes = 0
  readonly #isolate = crypto.randomUUID().slice(0, 8)

  /** The token that a call sends which begins now. */
  asked(sight: Sight | undefined): string {
    if (sight?.written !== undefined) return sight.written.token
    const { carried } = sight ?? {}
    if (carried === undefined) return this.#token
    // What this isolate has is of the caller's write, or of one that was answered after it.
    const isKnown = carried.isolate === this.#isolate && carried.writes <= this.#writes
    return isKnown ? this.#token : carried.token
  }

  /** Keeps the token of an answer. @param asked The token that its call has sent. */
  answered(
    kind: 'read' | 'write',
    { asked, token, sight }: { asked: string; token: string; sight: Sight | undefined },
  ): void {
    if (kind === 'read') {
      if (this.#token === asked) this.#token = token
      return
    }
    this.#token = token
    this.#writes++
    if (sight !== undefined && token !== '') {
      sight.written = { isolate: this.#isolate, writes: this.#writes, token }
    }
  }
}

let current: Sight | undefined

/** Starts a call for a request: its transport asks for the sight before it first waits. */
export function inSight<value>(sight: Sight | undefined, call: () => value): value {
  current = sight
  try {
    return call()
  } finally {
    current = undefined
  }
}

/** The sight of the call that starts at this moment. */
export function currentSight(): Sight | undefined {
  return current
}
