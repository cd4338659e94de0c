import { randomBytes } from 'node:crypto'
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { expect } from '@playwright/test'
import { Link } from '../../local/backup/link.ts'
import { freePort, type Program, startProgram } from './processes.ts'

/** A server with the embedded store, and the way to that store. */
export interface KeptServer extends Program {
  origin: string
  store: Link
  /** A store's own transactions. */
  transact(commands: string[][]): Promise<void>
}

/** What `npm run serve` needs to run with its store in a folder. */
export async function keptEnvironment(folder: string): Promise<Record<string, string>> {
  const port = await freePort()
  return {
    PATH: process.env['PATH'] ?? '',
    PORT: String(port),
    APP_ORIGIN: `http://127.0.0.1:${port}`,
    SECRET_TOKEN: randomBytes(32).toString('base64url'),
    SECRET_RTOKEN: randomBytes(32).toString('base64url'),
    USHER_STORE: 'embedded',
    USHER_STORE_FOLDER: folder,
  }
}

export async function startKept(folder: string): Promise<KeptServer> {
  const env = await keptEnvironment(folder)
  const args = ['local/run.mjs', 'serve']
  const program = await startProgram(process.execPath, args, env, /Usher listens on/)
  const { url, token } = JSON.parse(readFileSync(join(folder, 'store.json'), 'utf8'))
  return {
    ...program,
    origin: env['APP_ORIGIN'] ?? '',
    store: new Link({ url, token }),
    transact: async (commands) => {
      const response = await fetch(`${url}/multi-exec`, {
        method: 'POST',
        headers: { Authorization: `Bearer ${token}` },
        body: JSON.stringify(commands),
      })
      expect(response.status).toBe(200)
    },
  }
}

/** Ends a program as a failing machine would. */
export async function kill(program: Program): Promise<void> {
  const exited = new Promise((resolve) => program.process.once('exit', resolve))
  program.process.kill('SIGKILL')
  await exited
}

/** In every state that a command left behind, all these say the same number: how many writes there were. */
const KINDS = [
  'string',
  'list',
  'set',
  'hash',
  'zset',
  'stream',
  'group',
  'expiry',
  'script',
] as const

/** When its answer came, of each write. */
export type WriteLog = { n: number; at: number }[]

/** Far enough that nothing expires, and another one with each write. */
const expiryOf = (n: number): number => 4_000_000_000_000 + n

/** Write number `n`, of all kinds at once: what is half of it can be seen. */
function writeOf(n: number): string[][] {
  return [
    ['SET', 'kept:string', String(n)],
    ['RPUSH', 'kept:list', String(n)],
    ['SADD', 'kept:set', String(n)],
    ['HSET', 'kept:hash', 'n', String(n), `field ${n}`, ''],
    ['ZADD', 'kept:zset', String(n), 'member'],
    ['XADD', 'kept:stream', `${n}-0`, 'n', String(n)],
    ['XGROUP', 'SETID', 'kept:stream', 'group', `${n}-0`],
    ['SET', 'kept:expiry', '', 'PXAT', String(expiryOf(n))],
    ['EVAL', "redis.call('SET', KEYS[1], ARGV[1])", '1', 'kept:script', String(n)],
    // A key that comes and goes.
    n % 2 === 0 ? ['SET', 'kept:even', ''] : ['DEL', 'kept:even'],
  ]
}

/** Writes one after the other, until the store is gone. */
export async function writeOn(server: KeptServer, from: number, log: WriteLog): Promise<void> {
  if (from === 1) {
    await server.store.write([['XGROUP', 'CREATE', 'kept:stream', 'group', '0', 'MKSTREAM']])
  }
  for (let n = from; ; n++) {
    try {
      await server.transact(writeOf(n))
      log.push({ n, at: Date.now() })
    } catch {
      return
    }
  }
}

/**
 * How many writes the store has: by every kind the same number, or something is half.
 *
 * @returns 0 for a store in which nothing was written.
 */
export async function writesIn(server: KeptServer): Promise<number> {
  const [exists] = await server.store.read([['EXISTS', 'kept:string']])
  if (exists === 0) return 0
  const [string, last, length, set, hash, score, entry, groups, expiry, script, even] =
    await server.store.read([
      ['GET', 'kept:string'],
      ['LINDEX', 'kept:list', '-1'],
      ['LLEN', 'kept:list'],
      ['SCARD', 'kept:set'],
      ['HMGET', 'kept:hash', 'n'],
      ['ZSCORE', 'kept:zset', 'member'],
      ['XREVRANGE', 'kept:stream', '+', '-', 'COUNT', '1'],
      ['XINFO', 'GROUPS', 'kept:stream'],
      ['PEXPIRETIME', 'kept:expiry'],
      ['GET', 'kept:script'],
      ['EXISTS', 'kept:even'],
    ])
  const n = Number(string)
  const fields = (await server.store.read([['HLEN', 'kept:hash']]))[0]
  const said = {
    list: [String(last), length],
    set,
    hash: [String(hash), fields],
    zset: String(score),
    stream: String(entry).split(',')[0],
    group: String(groups).includes(`last-delivered-id,${n}-0`),
    expiry,
    script: String(script),
    even,
  }
  expect(said, `after write ${n} of ${KINDS.length} kinds`).toEqual({
    list: [String(n), n],
    set: n,
    hash: [String(n), n + 1],
    zset: String(n),
    stream: `${n}-0`,
    group: true,
    expiry: expiryOf(n),
    script: String(n),
    even: n % 2 === 0 ? 1 : 0,
  })
  return n
}

/** Kills a server while it is written to, starts it again, and looks; some times over. */
export async function killAgainAndAgain(folder: string, times: number): Promise<number> {
  const log: WriteLog = []
  let there = 0
  for (let round = 0; round < times; round++) {
    const server = await startKept(folder)
    there = await writesIn(server)
    const writing = writeOn(server, there + 1, log)
    // At any moment: while a snapshot is written, renamed, between two.
    await sleep(100 + Math.random() * 3_500)
    const killedAt = Date.now()
    await kill(server)
    await writing

    const again = await startKept(folder)
    expect(again.output()).not.toContain('not used')
    const kept = await writesIn(again)
    const acknowledged = log.filter(({ at }) => at <= killedAt - 2_000).at(-1)?.n ?? 0
    expect(kept, `round ${round}`).toBeGreaterThanOrEqual(Math.max(there, acknowledged))
    // It goes on from what was kept.
    log.splice(0, log.length, ...log.filter(({ n }) => n <= kept))
    there = kept
    await again.stop()
  }
  return there
}
