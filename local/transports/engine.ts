import { StoreUnavailable } from '../../lib/contract/problems.ts'
import type { Reply } from '../../lib/store/client/transport.ts'
import { withoutKeyLocking } from '../gateway/commands.ts'
import { type Engine, EngineGone, type EngineReply } from '../gateway/engine.ts'
import { type Command, type Connection, reachedBy } from './carrier.ts'
import { bySha } from './scripts.ts'

/** Reaches an engine in this process without a socket. Whoever opened the engine closes it. */
export function reachEngine(engine: Engine): Connection {
  const carry = bySha(
    (commands) => Promise.all(commands.map((command) => run(engine, command))),
    (script) => withoutKeyLocking(script, engine.knowsShebang),
  )
  return { carry, reached: reachedBy(carry), close: async () => undefined }
}

async function run(engine: Engine, command: Command): Promise<Reply> {
  try {
    const reply = await engine.call(command.map((word) => Buffer.from(String(word))))
    return reply instanceof Error ? { error: reply.message } : { result: plain(reply) }
  } catch (error) {
    if (error instanceof EngineGone) throw new StoreUnavailable('the engine is gone')
    throw error
  }
}

function plain(reply: EngineReply): unknown {
  if (Array.isArray(reply)) return reply.map(plain)
  if (Buffer.isBuffer(reply)) return reply.toString('utf8')
  return reply instanceof Error ? reply.message : reply
}
