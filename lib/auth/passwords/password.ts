import { compareSync, genSaltSync, getRounds, hashSync } from 'bcryptjs'
import { fail, ok, type Result } from '../../contract/problems.ts'

/** bcrypt reads 72 bytes and silently drops the rest: longer passwords are refused, never cut. */
export const LONGEST_PASSWORD_BYTES = 72
export const SHORTEST_PASSWORD_CHARACTERS = 8
/** UTF-16 units: the longest decomposed spelling of 72 bytes is far shorter. */
const LONGEST_SPELLING = 512

/** bcrypt's cost: 2^10 rounds, some 100 ms of one core. */
const COST = 10

/** A hash of a random text that nobody kept: what an unknown user's password is compared with. */
export const DUMMY_HASH = '$2b$10$q57r2kwlVJNnk2AKj53leuWEAUguFafE8xVNUye3uXducLAOpaFg.'
/** Costs above 15 would hold the isolate for seconds. */
const BCRYPT_HASH = /^\$2[aby]\$(0[4-9]|1[0-5])\$[./A-Za-z0-9]{53}$/

/** How many passwords wait where they are hashed, and how many of them for one holder. */
export const MOST_WAITING = 8
export const MOST_OF_ONE_HOLDER = 2
const BREATH_MS = 50

/**
 * Hashes and compares passwords, one at a time.
 *
 * A `holder` is whose work it is, an account's id or the hash of a one-time token: where no quota of
 * parallel requests says so, two places of the queue are the most that one of them has. Signing in
 * names none: a stranger who guesses would take the owner's places.
 */
export interface Passwords {
  /** Compares in the same time whether there is a hash of the current cost or none. */
  matches(
    password: string,
    hash: string | undefined,
    holder?: string,
  ): Promise<Result<boolean, 'service-unavailable'>>
  hash(password: string, holder?: string): Promise<Result<string, 'service-unavailable'>>
  /** Whether a hash has the current cost; one that has not takes another time to compare. */
  isCurrent(hash: string): boolean
}

/** After this long in the queue, the host has given the request up. */
export const GIVEN_UP_MS = 10_000

/**
 * bcrypt blocks the isolate: one run at a time with a pause after each, in which other requests are
 * served; a short queue, most of which is for others than any one holder; and beyond it a 503 rather
 * than a wait without end.
 *
 * Every request waits on timers of its own: an edge isolate drops the timers of a request that was
 * answered, and a queue that hands over from one request to the next would end with the first.
 *
 * The synchronous functions are used because the asynchronous ones call `setImmediate`, which edge
 * runtimes do not have.
 */
export function createPasswords(
  sleep: (milliseconds: number) => Promise<void>,
  now: () => number,
  { cost = COST, breathMs = BREATH_MS }: { cost?: number; breathMs?: number } = {},
): Passwords {
  const queue = new Set<{ since: number; holder: string | undefined }>()
  let freeAt = 0

  async function inTurn<value>(
    holder: string | undefined,
    work: () => value,
  ): Promise<Result<value, 'service-unavailable'>> {
    const place = { since: now(), holder }
    let held = 0
    for (const other of queue) {
      if (place.since - other.since > GIVEN_UP_MS) queue.delete(other)
      else if (holder !== undefined && other.holder === holder) held++
    }
    if (queue.size >= MOST_WAITING || held >= MOST_OF_ONE_HOLDER) {
      return fail('service-unavailable', 'too many passwords waiting', { retryAfterSeconds: 1 })
    }
    queue.add(place)
    try {
      for (let wait = freeAt - now(); wait > 0; wait = freeAt - now()) await sleep(wait)
      return ok(work())
    } finally {
      queue.delete(place)
      freeAt = now() + breathMs
    }
  }

  return {
    matches: (password, hash, holder) =>
      inTurn(holder, () => {
        // Measured and compared whatever there is: neither may tell a known account from an unknown.
        const takes = fits(password)
        const usable = hash !== undefined && BCRYPT_HASH.test(hash)
        const equal = compareSync(
          takes ? normalize(password) : 'no password',
          usable ? hash : DUMMY_HASH,
        )
        return takes && usable && equal
      }),
    isCurrent: (hash) => getRounds(hash) === cost,
    hash: (password, holder) =>
      inTurn(holder, () => hashSync(normalize(password), genSaltSync(cost))),
  }
}

/**
 * One spelling of a password that a keyboard may send in several (RFC 8265 §4.2). A text that no
 * password can be stays as it is: normalising 64,000 combining marks takes more than a second.
 */
export function normalize(password: string): string {
  return password.length > LONGEST_SPELLING ? password : password.normalize('NFC')
}

/** Whether bcrypt would read all of it. */
export function fits(password: string): boolean {
  if (password.length > LONGEST_SPELLING) return false
  return new TextEncoder().encode(normalize(password)).length <= LONGEST_PASSWORD_BYTES
}
