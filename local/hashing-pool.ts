import { availableParallelism } from 'node:os'
import { Piscina } from 'piscina'
import {
  createPasswords,
  GIVEN_UP_MS,
  MOST_OF_ONE_HOLDER,
  MOST_WAITING,
  type Passwords,
} from '../lib/auth/passwords/password.ts'
import { fail, ok, type Result } from '../lib/contract/problems.ts'
import { log } from '../lib/log.ts'
import type { HashingTask } from './hashing-thread.ts'
import { Turnstile } from './turnstile.ts'

const IDLE_MS = 60_000

/** Passwords that are hashed in threads, and how to end those. */
export interface HashingPool {
  passwords: Passwords
  threads: number
  close(): Promise<void>
}

/** One core is left to the requests. */
export function hashingThreads(): number {
  return Math.max(1, availableParallelism() - 1)
}

/**
 * Hashes and compares passwords in threads, one at a time in each, so that reads do not feel them.
 *
 * The limits are those of one isolate ({@link createPasswords}, which does the work in each thread):
 * eight wait, two of them for one holder, and beyond it is a 503. The pause after each is not needed. What
 * takes too long is given up and its thread replaced, and so is a thread that died: its one request is a 503.
 *
 * @param file The built `hashing-thread.ts`.
 */
export function createHashingPool(file: string, threads = hashingThreads()): HashingPool {
  const pool = new Piscina<HashingTask, boolean | string>({
    filename: file,
    minThreads: 1,
    maxThreads: threads,
    idleTimeout: IDLE_MS,
    // Nothing of the environment is needed there, and it holds secrets.
    env: {},
  })
  // A thread that dies while it has nothing to do: the next task gets another.
  pool.on('error', () => log('warn', 'hashing.thread-died', {}))
  const queue = new Set<{ holder: string | undefined }>()
  // The pool is given what it can begin at once: its own queue does not keep the order.
  const turns = new Turnstile(threads, GIVEN_UP_MS)

  async function run(
    task: HashingTask,
    holder: string | undefined,
  ): Promise<Result<boolean | string, 'service-unavailable'>> {
    let held = 0
    for (const other of queue) if (holder !== undefined && other.holder === holder) held++
    if (queue.size >= threads + MOST_WAITING || held >= MOST_OF_ONE_HOLDER) {
      return fail('service-unavailable', 'too many passwords waiting', { retryAfterSeconds: 1 })
    }
    const place = { holder }
    queue.add(place)
    const entered = await turns.enter()
    try {
      if (!entered) throw new Error('no turn')
      return ok(await pool.run(task, { signal: AbortSignal.timeout(GIVEN_UP_MS) }))
    } catch (error) {
      // Never what it says: that may hold a password.
      log('warn', 'hashing.failed', { error: error instanceof Error ? error.name : 'unknown' })
      const again = { retryAfterSeconds: 1 }
      return fail('service-unavailable', 'a hashing thread did not answer', again)
    } finally {
      if (entered) turns.leave()
      queue.delete(place)
    }
  }

  return {
    threads,
    passwords: {
      matches: async (password, hash, holder) => {
        const done = await run({ password, hash }, holder)
        return done.ok ? ok(done.value === true) : done
      },
      hash: async (password, holder) => {
        const done = await run({ password, make: true }, holder)
        return done.ok ? ok(String(done.value)) : done
      },
      isCurrent: createPasswords(async () => undefined, Date.now).isCurrent,
    },
    close: () => pool.destroy(),
  }
}
