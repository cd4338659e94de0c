import { mkdtemp } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { Engine } from '../local/gateway/engine.ts'
import { redisEngine } from '../local/gateway/engine.ts'
import { startGateway } from '../local/gateway/server.ts'
import { connectForLoading, loadDemo } from '../seed/load.ts'
import { expect, test } from '../test/support/fixtures.ts'
import { freePort, startProgram, startRedis } from '../test/support/processes.ts'
import { startApi } from '../test/support/start-api.ts'

/** Commands that a Global database serves from the nearest replica. */
const READS = new Set(['HMGET', 'EVAL_RO', 'EVALSHA_RO', 'ZMSCORE', 'ZCARD', 'SCAN', 'GET'])

function call(target: Engine, ...words: string[]): Promise<unknown> {
  return target.call(words.map((word) => Buffer.from(word)))
}

test('every read runs at a replica that refuses writes; writes go to the primary', async () => {
  const primary = await startRedis()
  const writer = await redisEngine(primary.url)
  await call(writer, 'CONFIG', 'SET', 'repl-diskless-sync-delay', '0')
  const port = await freePort()
  // It writes what it is sent into a file, and would read it when it starts the next time.
  const folder = await mkdtemp(join(tmpdir(), 'usher-replica-'))
  const args = ['--port', String(port), '--bind', '127.0.0.1', '--save', '', '--dir', folder]
  const follow = [
    '--replicaof',
    '127.0.0.1',
    new URL(primary.url).port,
    '--replica-read-only',
    'yes',
  ]
  const replica = await startProgram(
    'redis-server',
    [...args, ...follow],
    process.env,
    /MASTER <-> REPLICA sync: Finished with success/,
  )
  const reader = await redisEngine(`redis://127.0.0.1:${port}`)
  const refused: string[] = []
  const sentTo: Record<'reader' | 'writer', string[]> = { reader: [], writer: [] }
  const engine: Engine = {
    ...writer,
    call: async (command) => {
      const name = String(command[0]).toUpperCase()
      const isRead = READS.has(name)
      sentTo[isRead ? 'reader' : 'writer'].push(name)
      const reply = await (isRead ? reader : writer).call(command)
      if (reply instanceof Error && reply.message.startsWith('READONLY')) refused.push(name)
      return reply
    },
  }
  const gateway = await startGateway({ engine, token: 'token' })
  try {
    await loadDemo(connectForLoading(gateway), { publicPassword: true })
    // More than SCAN serves, so that indexes do.
    const filler = Array.from({ length: 2_100 }, (_, index) => [`filler:${index}`, 'x']).flat()
    await call(writer, 'MSET', ...filler)
    await call(writer, 'WAIT', '1', '5000')
    const server = await startApi({ host: 'serve', store: gateway })
    const { api } = server
    const { JWT } = await api.signIn()
    const made = await api.post('/api/keys', { name: 'k', scopes: ['movies:read'] }, JWT)
    await call(writer, 'WAIT', '1', '5000')
    sentTo.reader.length = 0
    for (const path of [
      '/api/movies/Pulp%20Fiction',
      '/api/movies?limit=2',
      '/api/movies?sort=-year&count=exact',
      '/api/movies?director=Quentin%20Tarantino&q=pulp',
      '/api/books/emma',
      '/api/reviews',
      '/api/profile',
      '/api/auth/sessions',
      '/api/keys',
    ])
      expect((await api.get(path, JWT)).status, path).toBe(200)
    const byKey = await api.send('/api/movies?limit=1', {
      headers: { 'X-API-Key': made.body.key },
    })
    expect(byKey.status).toBe(200)
    expect(sentTo.reader.length).toBeGreaterThanOrEqual(10)
    expect(refused).toEqual([])
    expect(String(await call(reader, 'SET', 'x', '1'))).toContain('READONLY')
    await server.stop()
  } finally {
    await gateway.close()
    await Promise.all([writer.close(), reader.close()])
    await replica.stop()
    await primary.stop()
  }
})
