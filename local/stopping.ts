import type { Server } from 'node:http'

export const STOPPING = ['SIGINT', 'SIGTERM', 'SIGHUP'] as const

/** How long the steps of an end may take, in milliseconds. */
interface Limits {
  /** The running requests: longer than one waits for a provider and for the store. */
  requests: number
  /** What was promised with the answers: mails, events, counts, spans. */
  promises: number
  /** Writing the store. */
  store: number
}

/** The first two are less than the ten seconds after which many supervisors kill. */
const LIMITS: Limits = { requests: 7_000, promises: 2_000, store: 60_000 }

interface Ending {
  server: Server
  /** Waits for what goes on after the answers. */
  settle: () => Promise<unknown>
  /** Writes what the store has, and closes it. */
  close: () => Promise<void>
}

interface Stopping extends Ending {
  /** Aborted when the first signal comes. */
  leaving: AbortController
  /** In seconds, after that signal. */
  shutdownDelay: number
}

/**
 * At a signal readiness says no, so that a load balancer sends its requests elsewhere; the server goes
 * on for as long as that takes, and then ends. A second signal ends the process at once.
 */
export function stopOnSignal({ leaving, shutdownDelay, ...ending }: Stopping): void {
  for (const signal of STOPPING) {
    process.on(signal, () => {
      if (leaving.signal.aborted) process.exit(1)
      leaving.abort()
      setTimeout(async () => process.exit(await end(ending)), shutdownDelay * 1_000)
    })
  }
}

/**
 * Takes no more connections, lets the running requests end and what they promised, and closes the store.
 * Whatever is given up on the way: the store is closed, because it has what was acknowledged.
 *
 * @returns The exit code.
 */
export async function end({ server, settle, close }: Ending, limits = LIMITS): Promise<number> {
  const closed = new Promise((resolve) => server.close(resolve))
  server.closeIdleConnections()
  // A connection that is kept alive becomes idle with its last answer.
  const watch = setInterval(() => server.closeIdleConnections(), 50)
  await within(limits.requests, closed)
  clearInterval(watch)
  server.closeAllConnections()
  const settled = settle().catch((error: unknown) => console.error(error))
  await within(limits.promises, settled)
  return closeOrSay(close, limits.store)
}

/** @returns The exit code: 1 when what the store has could not be written. */
export async function closeOrSay(
  close: () => Promise<void>,
  limit = LIMITS.store,
): Promise<number> {
  try {
    if (await within(limit, close())) return 0
    console.error('The store was not closed: it takes too long.')
  } catch (error) {
    console.error(`The store was not closed: ${error instanceof Error ? error.message : error}`)
  }
  return 1
}

/** Whether something ends within so many milliseconds; rejects where it does. */
async function within(milliseconds: number, ending: Promise<unknown>): Promise<boolean> {
  let timer: NodeJS.Timeout | undefined
  const late = new Promise<boolean>((resolve) => {
    timer = setTimeout(() => resolve(false), milliseconds)
  })
  try {
    return await Promise.race([ending.then(() => true), late])
  } finally {
    clearTimeout(timer)
  }
}
