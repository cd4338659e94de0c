import type { Ratelimit } from '@upstash/ratelimit'
import { StoreUnavailable } from '../../contract/problems.ts'
import { currentTraceparent } from '../../trace.ts'
import type { Database, RunCommand } from './redis.ts'
import { errorWord } from './reply.ts'
import { STORE_DEADLINE_MS } from './trips.ts'

/** The commands that the library and the limiter call. */
export type LimiterClient = ConstructorParameters<typeof Ratelimit>[0]['redis'] & {
  eval: (script: string, keys: string[], args: string[]) => Promise<unknown>
  evalRo: (script: string, keys: string[], args: string[]) => Promise<unknown>
}

/**
 * The two commands that `@upstash/ratelimit` calls, and one that reads, over Upstash REST if the host
 * has no other way.
 *
 * The gate carries this instead of the whole client, a third of its size; and counting, which has
 * no sync token of its own, never makes a read wait for the primary.
 */
export function connectScripts(database: Database): LimiterClient {
  const overRest: RunCommand = async (command) => {
    const traceparent = currentTraceparent()
    const response = await fetch(database.url, {
      method: 'POST',
      headers: {
        Authorization: `Bearer ${database.token}`,
        'Content-Type': 'application/json',
        ...(traceparent && { traceparent }),
      },
      body: JSON.stringify(command),
      cache: 'no-store',
      signal: AbortSignal.timeout(STORE_DEADLINE_MS),
    })
    const { error, result }: { result?: unknown; error?: string } = await response.json()
    // The library looks for the word NOSCRIPT, and then sends the script itself.
    if (error) throw new StoreUnavailable(errorWord(error))
    if (!response.ok || result === undefined) throw new StoreUnavailable('no result')
    return result
  }
  const { count = overRest } = database
  const evaluate =
    (name: 'EVAL' | 'EVALSHA' | 'EVAL_RO') => (script: string, keys: string[], args: string[]) =>
      count([name, script, keys.length, ...keys, ...args])
  const client = {
    eval: evaluate('EVAL'),
    evalsha: evaluate('EVALSHA'),
    evalRo: evaluate('EVAL_RO'),
  }
  return client as unknown as LimiterClient
}
