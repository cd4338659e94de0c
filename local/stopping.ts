import type { Server } from 'node:http'

export const STOPPING = ['SIGINT', 'SIGTERM', 'SIGHUP'] as const

/**
 * How long the running requests may take, from the moment at which no more are taken: longer than one
 * waits for a provider and for the store.
 */
const LONGEST_REQUEST_MS = 7_000
/** How long what was promised with the answers may take: mails, events, counts, spans. */
const LONGEST_PROMISE_MS = 2_000
/** How long writing the store may take. Nobody waits for more than all of this at its disk. */
const LONGEST_CLOSE_MS = 60_000

interface Stopping {
  server: Server
  /** Aborted when the first signal comes. */
  leaving: AbortController
  /** In seconds, after that signal. */
  shutdownDelay: number
  /** Waits for what goes on after the answers. */
  settle: () => Promise<unknown>
  close: () => Promise<void>
}

/**
 * At a signal readiness says no, so that a load balancer sends its requests elsewhere; the server goes
 * on for as long as that takes. Then it takes no more, lets the running ones end, and leaves nothing
 * behind. A second signal ends the process at once.
 */
export function stopOnSignal({ server, leaving, shutdownDelay, settle, close }: Stopping): void {
  const stop = async (): Promise<void> => {
    await within(LONGEST_REQUEST_MS, closeServer(server))
    server.closeAllConnections()
    await within(LONGEST_PROMISE_MS, settle())
    // Whatever was given up: what was acknowledged is kept.
    process.exit(await closeOrSay(close))
  }
  for (const signal of STOPPING) {
    process.on(signal, () => {
      if (leaving.signal.aborted) process.exit(1)
      leaving.abort()
      setTimeout(() => void stop(), shutdownDelay * 1_000)
    })
  }
}

function closeServer(server: Server): Promise<unknown> {
  // A connection that is kept alive becomes idle with its last answer.
  setInterval(() => server.closeIdleConnections(), 50).unref()
  const closed = new Promise((resolve) => server.close(resolve))
  server.closeIdleConnections()
  return closed
}

/** @returns The exit code: 1 when what the store has could not be written. */
export async function closeOrSay(close: () => Promise<void>): Promise<number> {
  const late = setTimeout(() => {
    console.error('The store was not closed: it takes too long.')
    process.exit(1)
  }, LONGEST_CLOSE_MS)
  try {
    await close()
    return 0
  } catch (error) {
    console.error(`The store was not closed: ${error instanceof Error ? error.message : error}`)
    return 1
  } finally {
    clearTimeout(late)
  }
}

/** Waits for an end, for so long at most; one that fails is an end. */
async function within(milliseconds: number, ending: Promise<unknown>): Promise<void> {
  let limit: NodeJS.Timeout | undefined
  const late = new Promise<void>((resolve) => {
    limit = setTimeout(resolve, milliseconds)
  })
  await Promise.race([ending.catch(() => undefined), late])
  clearTimeout(limit)
}
