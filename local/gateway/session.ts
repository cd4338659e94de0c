import type { ClientSession, RedisServerState, RedisValue } from 'js-redis-server/core'
import type { EngineReply } from './engine.ts'

/** The engine's package, which is loaded where it is used alone. */
type Core = typeof import('js-redis-server/core')

/**
 * Hands commands to the embedded engine as they are: neither written as RESP nor read from it, which would take as long as
 * most commands themselves.
 */
export class Session {
  readonly #open: () => ClientSession
  readonly #session: ClientSession

  constructor({ ClientSession, createRedisCommandExecutor }: Core, server: RedisServerState) {
    const executor = createRedisCommandExecutor()
    this.#open = () => new ClientSession({ server, executor })
    this.#session = this.#open()
  }

  get isClosed(): boolean {
    return this.#session.signal.aborted
  }

  execute(command: readonly Buffer[]): Promise<EngineReply> {
    return execute(this.#session, command)
  }

  /** @returns The replies of all commands; an error where none was executed. */
  async transaction(commands: readonly (readonly Buffer[])[]): Promise<EngineReply> {
    // What others send meanwhile does not belong to it.
    const session = this.#open()
    try {
      await execute(session, [Buffer.from('MULTI')])
      for (const command of commands) await execute(session, command)
      return await execute(session, [Buffer.from('EXEC')])
    } finally {
      session.close()
    }
  }

  /** Ends it when all that was begun is answered. */
  async close(): Promise<void> {
    await this.execute([Buffer.from('PING')])
    this.#session.close()
  }
}

async function execute(
  session: ClientSession,
  [name = Buffer.alloc(0), ...args]: readonly Buffer[],
): Promise<EngineReply> {
  const result = await session.execute(name, args)
  if ('value' in result) return replyOf(result.value)
  result.close('not served')
  return new Error('ERR what goes on answering is not served')
}

/** A value as RESP2 has it. */
function replyOf(value: RedisValue): EngineReply {
  switch (value.kind) {
    case 'bulk-string':
    case 'verbatim':
      return value.value
    case 'simple-string':
      return Buffer.from(value.value)
    case 'integer':
    case 'boolean':
      return Number(value.value)
    case 'big-number':
      return Buffer.from(String(value.value))
    case 'double':
      return Buffer.from(textOf(value.value))
    case 'array':
    case 'set':
      return value.items.map(replyOf)
    case 'push':
      return [Buffer.from(value.name), ...value.items.map(replyOf)]
    case 'map':
    case 'flat-pairs':
      return value.entries.flat().map(replyOf)
    case 'map-pairs':
      return value.entries.map((pair) => pair.map(replyOf))
    case 'null':
    case 'null-array':
      return null
    case 'error': {
      const words = value.code === undefined ? value.message : `${value.code} ${value.message}`
      return new Error(words.replace(/[\r\n]+/g, ' '))
    }
  }
}

function textOf(double: number): string {
  if (Number.isFinite(double)) return Object.is(double, -0) ? '-0' : String(double)
  return String(double).toLowerCase().replace('infinity', 'inf')
}
