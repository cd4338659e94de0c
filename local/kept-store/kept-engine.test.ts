import { existsSync, mkdirSync, readdirSync, readFileSync, statSync, writeFileSync } from 'node:fs'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect, test } from '@playwright/test'
import type { Engine, EngineReply } from '../gateway/engine.ts'
import { type KeptEngine, keptEngine } from './kept-engine.ts'
import { FolderHeld } from './lock.ts'

const BYTES = Buffer.from([0, 255, 10, 128])

let folder: string
let opened: Engine | undefined

test.beforeEach(async () => {
  folder = join(await mkdtemp(join(tmpdir(), 'usher-kept-')), 'store')
})
test.afterEach(async () => {
  await opened?.close()
  opened = undefined
  await rm(join(folder, '..'), { recursive: true })
})

async function open(options?: { fresh: boolean }): Promise<KeptEngine> {
  const kept = await keptEngine(folder, options)
  opened = kept.engine
  return kept
}

async function reopen(): Promise<KeptEngine> {
  await opened?.close()
  return open()
}

async function call(...words: (string | Buffer)[]): Promise<EngineReply> {
  const reply = await opened?.call(words.map((word) => Buffer.from(word)))
  if (reply instanceof Error || reply === undefined) throw reply ?? new TypeError('not open')
  return reply
}

const snapshots = (): string[] =>
  readdirSync(folder)
    .filter((name) => name.endsWith('.snapshot'))
    .sort()

/** What an engine says of all that it has. */
async function contents(): Promise<unknown> {
  const readers: Record<string, string[][]> = {
    string: [['GET']],
    list: [['LRANGE', '0', '-1']],
    set: [['SMEMBERS']],
    hash: [['HGETALL']],
    zset: [['ZRANGE', '0', '-1', 'WITHSCORES']],
    stream: [
      ['XRANGE', '-', '+'],
      ['XPENDING', 'group'],
      ['XPENDING', 'group', '-', '+', '9'],
    ],
  }
  const keys = await call('KEYS', '*')
  if (!Array.isArray(keys)) throw new TypeError()
  const found: [string, unknown][] = []
  for (const key of keys) {
    if (!Buffer.isBuffer(key)) throw new TypeError()
    const type = String(await call('TYPE', key))
    const replies: unknown[] = [type, await call('PEXPIRETIME', key)]
    for (const [name = '', ...words] of readers[type] ?? []) {
      replies.push(await call(name, key, ...words))
    }
    if (type === 'stream') {
      // For how long an entry waits is another number by now.
      const [[entry]] = replies.splice(-1) as [[EngineReply[]]]
      replies.push(entry.toSpliced(2, 1), await call('XINFO', 'STREAM', key))
      replies.push(await call('XINFO', 'GROUPS', key))
    }
    found.push([key.toString('hex'), replies])
  }
  return found.sort(([a], [b]) => (a < b ? -1 : 1))
}

test('values of every type, their times, groups of streams and bytes that are no text outlive the process', async () => {
  await open()
  const later = String(Date.now() + 3_600_000)
  await call('SET', 'text', 'é')
  await call('SET', BYTES, BYTES)
  await call('SET', 'large', Buffer.alloc(700_000, 'abc'))
  await call('SET', 'timed', '1', 'PXAT', later)
  await call('RPUSH', 'list', 'a', BYTES, '')
  await call('SADD', 'set', 'a', BYTES)
  await call('HSET', 'hash', 'field', BYTES, BYTES, '', 'timed', '1')
  await call('HPEXPIREAT', 'hash', later, 'FIELDS', '1', 'timed')
  await call('ZADD', 'zset', '1.5', 'a', '-inf', BYTES, '0.1', 'c')
  for (let n = 1; n <= 9; n++) await call('ZADD', 'many', String(n), `m${n}`)
  await call('XADD', 'stream', '5-1', 'a', BYTES)
  await call('XADD', 'stream', '6-1', 'a', 'b')
  await call('XDEL', 'stream', '6-1')
  await call('XGROUP', 'CREATE', 'stream', 'group', '0')
  await call('XREADGROUP', 'GROUP', 'group', 'worker', 'STREAMS', 'stream', '>')
  const before = await contents()
  const ttl = Number(await call('HPTTL', 'hash', 'FIELDS', '1', 'timed'))
  expect(ttl).toBeGreaterThan(0)

  const { found } = await reopen()
  expect(await contents()).toEqual(before)
  expect(found.setAside).toEqual([])
  expect(Number(await call('HPTTL', 'hash', 'FIELDS', '1', 'timed'))).toBeGreaterThan(0)
  // The counter of the stream goes on.
  await expect(call('XADD', 'stream', '6-1', 'a', 'b')).rejects.toThrow(/equal or smaller/)
})

test('a change of a consumer group alone is kept', async () => {
  await open()
  await call('XADD', 'stream', '1-1', 'a', 'b')
  await call('XGROUP', 'CREATE', 'stream', 'group', '0')
  await call('XREADGROUP', 'GROUP', 'group', 'worker', 'STREAMS', 'stream', '>')
  await reopen()
  await call('XACK', 'stream', 'group', '1-1')
  await reopen()
  expect(await call('XPENDING', 'stream', 'group', '-', '+', '9')).toEqual([])
})

test('what has expired meanwhile is not there again', async () => {
  await open()
  await call('SET', 'short', '1', 'PX', '40')
  await call('SET', 'long', '1', 'EX', '1000')
  await opened?.close()
  const until = Date.now() + 40
  await expect.poll(() => Date.now() > until).toBe(true)
  await open()
  expect(await call('KEYS', '*')).toEqual([Buffer.from('long')])
})

test('changes are written while it runs: set, changed, deleted, timed, flushed', async () => {
  await open()
  const kept = async (): Promise<unknown> => {
    // Another engine reads a copy of what is on the disk.
    const copy = await mkdtemp(join(tmpdir(), 'usher-copy-'))
    for (const name of snapshots())
      writeFileSync(join(copy, name), readFileSync(join(folder, name)))
    const { engine } = await keptEngine(copy)
    const words = [
      ['MGET', 'a', 'b'],
      ['PTTL', 'a'],
    ].map((some) => some.map((word) => Buffer.from(word)))
    const [values, ttl] = await Promise.all(words.map((some) => engine.call(some)))
    await engine.close()
    await rm(copy, { recursive: true })
    return [(values as Buffer[]).map((value) => value && String(value)), Number(ttl) > 0]
  }
  await call('MSET', 'a', '1', 'b', '2')
  await expect.poll(kept).toEqual([['1', '2'], false])
  await call('PEXPIRE', 'a', '1000000')
  await expect.poll(kept).toEqual([['1', '2'], true])
  await call('PERSIST', 'a')
  await call('DEL', 'b')
  await expect.poll(kept).toEqual([['1', null], false])
  await call('EVAL', "redis.call('SET', KEYS[1], 'by a script')", '1', 'b')
  await expect.poll(kept).toEqual([['1', 'by a script'], false])
  await call('FLUSHALL')
  await expect.poll(kept).toEqual([[null, null], false])
})

test('nothing is written when nothing changed, and two snapshots are kept', async () => {
  await open()
  await call('SET', 'a', '1')
  await reopen()
  expect(snapshots()).toEqual(['000000000001.snapshot'])
  // The same once more.
  await call('SET', 'a', '1')
  await reopen()
  await call('GET', 'a')
  await reopen()
  expect(snapshots()).toEqual(['000000000001.snapshot'])
  for (const value of ['2', '3']) {
    await call('SET', 'a', value)
    await reopen()
  }
  expect(snapshots()).toEqual(['000000000002.snapshot', '000000000003.snapshot'])
  expect(statSync(folder).mode & 0o777).toBe(0o700)
  expect(statSync(join(folder, '000000000003.snapshot')).mode & 0o777).toBe(0o600)
})

test('a damaged snapshot is set aside under another name, and the one before is used', async () => {
  await open()
  for (const value of ['1', '2', '3']) {
    await call('MSET', 'a', value, `only since ${value}`, '')
    await reopen()
  }
  await opened?.close()
  const newest = join(folder, '000000000003.snapshot')
  const bytes = readFileSync(newest)
  writeFileSync(newest, bytes.subarray(0, -1))
  writeFileSync(join(folder, '000000000004.snapshot'), 'not one of ours at all')
  writeFileSync(join(folder, '000000000005.snapshot.part'), 'unfinished')
  mkdirSync(join(folder, '000000000006.snapshot'))
  const { found } = await open()
  expect(String(await call('GET', 'a'))).toBe('2')
  expect(await call('EXISTS', 'only since 2', 'only since 3')).toBe(1)
  expect(found.snapshot?.name).toBe('000000000002.snapshot')
  expect(found.setAside.map(({ name, reason }) => [name, reason])).toEqual([
    ['000000000006.snapshot', 'it is no file'],
    ['000000000004.snapshot', 'it is no file of a store'],
    ['000000000003.snapshot', expect.stringMatching(/cut off|not finished/)],
  ])
  for (const { aside } of found.setAside) expect(existsSync(join(folder, aside))).toBe(true)
  expect(readFileSync(join(folder, found.setAside[2]?.aside ?? '')).length).toBe(bytes.length - 1)
  expect(existsSync(join(folder, '000000000005.snapshot.part'))).toBe(false)
  await call('SET', 'a', '5')
  await reopen()
  expect(snapshots()).toEqual(['000000000002.snapshot', '000000000007.snapshot'])
})

test('a fresh store begins with nothing, and what was there is set aside', async () => {
  await open()
  await call('SET', 'a', '1')
  await opened?.close()
  const { aside = '', found } = await open({ fresh: true })
  expect(found.snapshot).toBeUndefined()
  expect(await call('DBSIZE')).toBe(0)
  expect(readdirSync(aside)).toEqual(['000000000001.snapshot'])
})

test('one process has a folder, once', async () => {
  await open()
  await expect(keptEngine(folder)).rejects.toThrow(FolderHeld)
  await expect(keptEngine(folder)).rejects.toThrow(`held by process ${process.pid}`)
  await reopen()
})

test('claims of processes that are gone are no hindrance: ended, another one by now, of another machine', async () => {
  await open()
  const mine = readdirSync(folder).find((name) => name.startsWith('lock-')) ?? ''
  await opened?.close()
  expect(existsSync(join(folder, mine))).toBe(false)
  const [, place = '', , start = ''] = mine.split('-')
  const left = [
    // No such process; this one, had it started at another time; one that nobody here can look up.
    `lock-${place}-4194305-${start}`,
    `lock-${place}-${process.pid}-1`,
    `lock-000000000000-1-1`,
  ]
  for (const name of left) writeFileSync(join(folder, name), '')
  await open()
  expect(readdirSync(folder)).toEqual([mine])
})
