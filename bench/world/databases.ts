import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { Redis } from 'ioredis'
import { redisEngine } from '../../local/gateway/engine.ts'
import { type Gateway, startGateway } from '../../local/gateway/server.ts'
import { freePort, startProgram, startRedis } from '../../test/support/processes.ts'
import { type Line, startLine } from './line.ts'

/** What undoes what was started, the last thing first. */
export type Undo = (() => Promise<unknown>)[]

export const TOKEN = 'world'

/** A Redis behind a gateway, and how far it is in the primary's stream of changes. */
export interface Database {
  gateway: Gateway
  redis: Redis
  offset(): Promise<number>
}

export async function startPrimary(undo: Undo): Promise<Database> {
  const program = await startRedis()
  undo.push(() => program.stop())
  const primary = await openDatabase(program.url, 'master_repl_offset', undo)
  await primary.redis.config('SET', 'repl-diskless-sync-delay', '0')
  return primary
}

/** A replica that follows the primary at the end of a slow line. */
export async function startReplica(
  primary: Database,
  lagMs: number,
  undo: Undo,
): Promise<Database & { line: Line }> {
  const line = await startLine(primary.redis.options.port ?? 0, lagMs)
  undo.push(() => line.close())
  // It writes what it is sent first into a file.
  const folder = await mkdtemp(join(tmpdir(), 'usher-world-'))
  undo.push(() => rm(folder, { recursive: true, force: true }))
  const port = await freePort()
  const args = ['--port', String(port), '--bind', '127.0.0.1', '--save', '', '--dir', folder]
  const follow = ['--replicaof', '127.0.0.1', String(line.port), '--replica-read-only', 'yes']
  const program = await startProgram(
    'redis-server',
    [...args, ...follow],
    process.env,
    /MASTER <-> REPLICA sync: Finished with success/,
  )
  undo.push(() => program.stop())
  const url = `redis://127.0.0.1:${port}`
  return { ...(await openDatabase(url, 'slave_repl_offset', undo)), line }
}

async function openDatabase(url: string, field: string, undo: Undo): Promise<Database> {
  const engine = await redisEngine(url)
  undo.push(() => engine.close())
  const gateway = await startGateway({ engine, token: TOKEN })
  undo.push(() => gateway.close())
  const redis = new Redis(url)
  // Said by every command already.
  redis.on('error', () => undefined)
  undo.push(async () => redis.disconnect())
  const pattern = new RegExp(`^${field}:(\\d+)`, 'm')
  const offset = async (): Promise<number> =>
    Number(pattern.exec(await redis.info('replication'))?.[1] ?? 0)
  return { gateway, redis, offset }
}
