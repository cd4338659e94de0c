import { randomBytes } from 'node:crypto'
import { type Engine, embeddedEngine, redisEngine } from '../../local/gateway/engine.ts'
import { type Gateway, startGateway, type Trip } from '../../local/gateway/server.ts'
import type { StoreAddress } from './environment.ts'
import { startRedis } from './processes.ts'

export type EngineKind = 'redis' | 'embedded'

/** An engine of a test's own, and the gateway in front of it. */
export interface OwnStore extends StoreAddress {
  engine: Engine
  gateway: Gateway
  /** Straight to the engine, past the gateway; texts in its reply are buffers. */
  command(...words: string[]): Promise<unknown>
  stop(): Promise<void>
}

/** @param onTrip Told of each request that reaches the gateway. */
export async function startStore(
  kind: EngineKind,
  onTrip: (trip: Trip) => void = () => undefined,
): Promise<OwnStore> {
  const program = kind === 'redis' ? await startRedis() : undefined
  const engine = await (program === undefined ? embeddedEngine() : redisEngine(program.url))
  const token = randomBytes(24).toString('base64url')
  const gateway = await startGateway({ engine, token, onTrip })
  return {
    url: gateway.url,
    token,
    engine,
    gateway,
    command: (...words) => engine.call(words.map((word) => Buffer.from(word))),
    stop: async () => {
      await gateway.close()
      await engine.close()
      await program?.stop()
    },
  }
}
