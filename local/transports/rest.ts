import type { IncomingHttpHeaders } from 'node:http'
import { type Dispatcher, Pool } from 'undici'
import { StoreUnavailable } from '../../lib/contract/problems.ts'
import type { Database } from '../../lib/store/client/redis.ts'
import { SyncTokens } from '../../lib/store/client/sync.ts'
import type { Reply } from '../../lib/store/client/transport.ts'
import { STORE_DEADLINE_MS } from '../../lib/store/client/trips.ts'
import { currentTraceparent } from '../../lib/trace.ts'
import { type Connection, reachedBy } from './carrier.ts'
import { bySha } from './scripts.ts'

/** So many requests are on their way at once; more wait, and leave the line when their time is up. */
const CONNECTIONS = 256

/** Opens a pool of connections to a database over Upstash REST: what `fetch` costs on Node is not paid. */
export function openRest({ url, token }: Database, deadlineMs = STORE_DEADLINE_MS): Connection {
  const { origin, pathname } = new URL(url)
  const base = pathname.replace(/\/$/, '')
  const pool = new Pool(origin, { connections: CONNECTIONS, pipelining: 1 })
  const tokens = new SyncTokens()

  const carry = bySha(async (commands, purpose, sight) => {
    // Read before the first wait: it belongs to the call that begins here.
    const traceparent = currentTraceparent()
    const [only] = commands
    const isPipeline = purpose === 'read' || only === undefined
    const asked = tokens.asked(sight)
    const { statusCode, headers, answer } = await ask(pool, {
      method: 'POST',
      path: `${base}${isPipeline ? '/pipeline' : '/'}`,
      headers: {
        authorization: `Bearer ${token}`,
        'content-type': 'application/json',
        ...(traceparent === undefined ? {} : { traceparent }),
        ...(purpose === 'count' ? {} : { 'upstash-sync-token': asked }),
      },
      body: JSON.stringify(isPipeline ? commands : only),
      signal: AbortSignal.timeout(deadlineMs),
    })
    const sync = headers['upstash-sync-token']
    if (statusCode === 200 && purpose !== 'count') {
      tokens.answered(purpose, { asked, token: typeof sync === 'string' ? sync : '', sight })
    }
    return isPipeline ? replyList(answer, statusCode) : [replyOf(answer, statusCode)]
  })
  return { carry, reached: reachedBy(carry), close: () => pool.destroy() }
}

/** @throws StoreUnavailable with a name or a code: what an error says may hold an address. */
async function ask(
  pool: Pool,
  options: Dispatcher.RequestOptions,
): Promise<{ statusCode: number; headers: IncomingHttpHeaders; answer: unknown }> {
  try {
    const { statusCode, headers, body } = await pool.request(options)
    return { statusCode, headers, answer: await body.json() }
  } catch (error) {
    if (!(error instanceof Error)) throw error
    const code = 'code' in error && typeof error.code === 'string' ? error.code : error.name
    throw new StoreUnavailable(`no answer: ${code}`)
  }
}

function replyList(answer: unknown, statusCode: number): Reply[] {
  if (!Array.isArray(answer)) throw new StoreUnavailable(`status ${statusCode}`)
  return answer.map((reply) => replyOf(reply, 200))
}

function replyOf(answer: unknown, statusCode: number): Reply {
  if (typeof answer === 'object' && answer !== null) {
    if ('error' in answer && typeof answer.error === 'string') return { error: answer.error }
    if (statusCode === 200 && 'result' in answer) return { result: answer.result }
  }
  throw new StoreUnavailable(`status ${statusCode}`)
}
