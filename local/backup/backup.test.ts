import { copyFile, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect, test } from '@playwright/test'
import { Redis } from 'ioredis'
import { freePort, type Program, startProgram } from '../../test/support/processes.ts'
import { type Engine, embeddedEngine, redisEngine } from '../gateway/engine.ts'
import { type Gateway, startGateway } from '../gateway/server.ts'
import { verify } from '../kept-store/folder.ts'
import { backUp } from './backup.ts'
import { restore } from './restore.ts'
import type { Target } from './words.ts'

const LATER = Date.now() + 3_600_000
const NEVER = new AbortController().signal

/** A store with a gateway, as the commands see every store. */
interface Place {
  target: Target
  gateway: Gateway
  engine: Engine
  close(): Promise<void>
}

async function placeOf(engine: Engine, source: string): Promise<Place> {
  const gateway = await startGateway({ engine, token: 'token' })
  const database = { url: gateway.url, token: 'token', name: source, source, local: true }
  const close = async (): Promise<void> => {
    await gateway.close()
    await engine.close()
  }
  return { target: { database, source }, gateway, engine, close }
}

test.describe('backup and restore', () => {
  let folder: string
  let programs: Program[] = []
  let clients: Redis[] = []
  let places: Place[] = []

  test.beforeEach(async () => {
    folder = await mkdtemp(join(tmpdir(), 'usher-backup-'))
  })
  test.afterEach(async () => {
    for (const place of places) await place.close()
    for (const client of clients) client.disconnect()
    for (const program of programs) await program.stop()
    programs = []
    clients = []
    places = []
    await rm(folder, { recursive: true })
  })

  /** A Redis that tells a digest of all its values. */
  async function redisPlace(): Promise<Place & { client: Redis }> {
    const port = String(await freePort())
    const args = ['--port', port, '--bind', '127.0.0.1', '--save', '']
    const debug = ['--enable-debug-command', 'yes']
    const all = [...args, ...debug]
    programs.push(await startProgram('redis-server', all, process.env, /Ready to accept/))
    const url = `redis://127.0.0.1:${port}`
    const client = new Redis(url)
    clients.push(client)
    const place = await placeOf(await redisEngine(url), `the Redis at ${port}`)
    places.push(place)
    return { ...place, client }
  }

  async function embeddedPlace(): Promise<Place> {
    const place = await placeOf(await embeddedEngine(), 'the embedded store')
    places.push(place)
    return place
  }

  const file = (name: string): string => join(folder, name)

  /** What `DEBUG DIGEST` does not cover: times, and what streams have beside their entries. */
  async function rest(client: Redis): Promise<unknown> {
    const keys = (await client.keysBuffer('*')).sort(Buffer.compare)
    return Promise.all(
      keys.map(async (key) => {
        const isStream = (await client.type(key)) === 'stream'
        const full = isStream ? await client.call('XINFO', 'STREAM', key, 'FULL', 'COUNT', 0) : []
        const groups = JSON.stringify(full)
          // How a server keeps it, and when a consumer was last seen, are its own.
          .replace(/"radix-tree-(keys|nodes)",\d+|"seen-time",\d+/g, '')
          // Stores tell how long ago that was: to the millisecond it is not the same.
          .replace(/\b\d{13}\b/g, (ms) => String(Math.round(Number(ms) / 60_000)))
        return [key.toString('hex'), await client.pexpiretime(key), groups]
      }),
    )
  }

  test('from Redis to embedded to Redis all values, types and times are the same', async () => {
    const [first, between, second] = [await redisPlace(), await embeddedPlace(), await redisPlace()]
    await fill(first.client)
    expect(await backUp(first.target, file('one'), NEVER)).toBe(true)
    expect(await restore(between.target, file('one'), false, NEVER)).toBe(true)
    expect(await backUp(between.target, file('two'), NEVER)).toBe(true)
    expect(await restore(second.target, file('two'), false, NEVER)).toBe(true)

    expect(await second.client.dbsize()).toBe(await first.client.dbsize())
    expect(await second.client.call('DEBUG', 'DIGEST')).toBe(
      await first.client.call('DEBUG', 'DIGEST'),
    )
    expect(await rest(second.client)).toEqual(await rest(first.client))
  })

  test('what has expired since is left out, and what expires meanwhile is no half', async () => {
    const [from, to] = [await redisPlace(), await redisPlace()]
    await from.client.set('gone', 'x', 'PX', 150)
    await from.client.set('stays', 'x')
    await backUp(from.target, file('one'), NEVER)
    await expect.poll(() => from.client.exists('gone')).toBe(0)
    await restore(to.target, file('one'), false, NEVER)
    expect(await to.client.keys('*')).toEqual(['stays'])
  })

  test('a store that has keys is left as it is, unless it is told that it may be used', async () => {
    const [from, to] = [await redisPlace(), await redisPlace()]
    await from.client.mset('both', 'new', 'fresh', '1')
    await to.client.rpush('both', 'old')
    await to.client.set('mine', '1')
    for (const [{ client }, value] of [
      [from, 'new'],
      [to, 'old'],
    ] as const) {
      await client.rpush('list of both', value)
      await client.sadd('set of both', value)
      await client.hset('hash of both', value, '')
    }
    await backUp(from.target, file('one'), NEVER)
    await expect(restore(to.target, file('one'), false, NEVER)).rejects.toThrow(/has 5 keys/)
    expect(await to.client.lrange('both', 0, -1)).toEqual(['old'])
    expect(await restore(to.target, file('one'), true, NEVER)).toBe(true)
    expect(await to.client.mget('both', 'fresh', 'mine')).toEqual(['new', '1', '1'])
    expect(await to.client.lrange('list of both', 0, -1)).toEqual(['new'])
    expect(await to.client.smembers('set of both')).toEqual(['new'])
    expect(await to.client.hgetall('hash of both')).toEqual({ new: '' })
  })

  test('a file that is torn or changed anywhere is refused before anything is written', async () => {
    const [from, to] = [await redisPlace(), await redisPlace()]
    await fill(from.client)
    await backUp(from.target, file('one'), NEVER)
    const whole = await readFile(file('one'))
    const places = Array.from({ length: 12 }, (_, index) => Math.floor((whole.length * index) / 12))
    for (const at of [...places, 9, 40, whole.length - 1]) {
      await writeFile(file('torn'), whole.subarray(0, at))
      await expect(restore(to.target, file('torn'), true, NEVER)).rejects.toThrow(/Nothing was/)
      const changed = Buffer.from(whole)
      changed[at] = (changed[at] ?? 0) ^ 1
      await writeFile(file('torn'), changed)
      await expect(restore(to.target, file('torn'), true, NEVER)).rejects.toThrow(/Nothing was/)
    }
    await writeFile(file('torn'), Buffer.concat([whole, Buffer.from('x')]))
    await expect(restore(to.target, file('torn'), true, NEVER)).rejects.toThrow(/follows its end/)
    expect(await to.client.dbsize()).toBe(0)
  })

  test('a backup that was cut off anywhere goes on, and is whole in the end', async () => {
    const [from, to] = [await redisPlace(), await redisPlace()]
    await fill(from.client)
    const stopped = AbortSignal.abort()
    expect(await backUp(from.target, file('one'), stopped)).toBe(false)
    // Killed in the middle of a block.
    const part = await readFile(file('one.part'))
    await writeFile(file('one.part'), part.subarray(0, -7))
    expect(await backUp(from.target, file('one'), stopped)).toBe(false)
    expect(await backUp(from.target, file('one'), NEVER)).toBe(true)
    expect((await verify(file('one'))).keys).toBe(await from.client.dbsize())
    await restore(to.target, file('one'), false, NEVER)
    expect(await to.client.call('DEBUG', 'DIGEST')).toBe(await from.client.call('DEBUG', 'DIGEST'))
    await expect(backUp(from.target, file('one'), NEVER)).rejects.toThrow(/there already/)
    await copyFile(file('one'), file('two.part'))
    await expect(backUp(to.target, file('two'), NEVER)).rejects.toThrow(/is of the Redis/)
  })

  test('a restore that was stopped or lost its store goes on, and another file does not', async () => {
    const [from, to] = [await redisPlace(), await redisPlace()]
    await fill(from.client)
    await backUp(from.target, file('one'), NEVER)
    expect(await restore(to.target, file('one'), false, AbortSignal.abort())).toBe(false)
    const written = await to.client.dbsize()
    expect(written).toBeGreaterThan(1)
    expect(written).toBeLessThan(await from.client.dbsize())

    await from.client.set('one more', '1')
    await backUp(from.target, file('two'), NEVER)
    await expect(restore(to.target, file('two'), false, NEVER)).rejects.toThrow(/Another file/)

    const refusing = { ...to.target, database: { ...to.target.database, token: 'another' } }
    await expect(restore(refusing, file('one'), false, NEVER)).rejects.toThrow(/does not answer/)
    expect(await restore(to.target, file('one'), false, NEVER)).toBe(true)
    await from.client.del('one more')
    expect(await to.client.call('DEBUG', 'DIGEST')).toBe(await from.client.call('DEBUG', 'DIGEST'))
  })
})

/** Values of every type, small and larger than a page, with times and with bytes that are no text. */
async function fill(client: Redis): Promise<void> {
  const bytes = Buffer.from([0, 255, 254, 10, 13, 128])
  await client.set('text', 'é😀\u0000\n"')
  await client.set('empty', '')
  await client.set(bytes, bytes)
  await client.set('large', Buffer.alloc(700_001, 'abcdefg'))
  await client.set('timed', '1', 'PXAT', LATER)
  await client.rpush('list', 'a', '', bytes, 'a')
  await client.rpush('long list', ...Array.from({ length: 2_345 }, (_, index) => `item ${index}`))
  await client.pexpireat('long list', LATER + 1)
  await client.sadd('set', 'a', bytes, '')
  await client.sadd('large set', ...Array.from({ length: 1_234 }, (_, index) => `m${index}`))
  await client.hset('hash', { '': 'empty name', field: '', __proto__x: 'x' })
  await client.hset('hash', bytes, bytes)
  const many = Array.from({ length: 3_000 }, (_, index) => [`f${index}`, `${index}`]).flat()
  await client.hset('large hash', ...many)
  await client.zadd(
    'zset',
    1.5,
    'a',
    '-inf',
    'b',
    '+inf',
    bytes,
    0.1,
    'd',
    -0.30000000000000004,
    'e',
  )
  const scored = Array.from({ length: 1_500 }, (_, index) => [index / 3, `m${index}`]).flat()
  await client.zadd('large zset', ...scored)
  await client.xadd('stream', '5-1', 'a', 'b', 'c', '')
  await client.xadd('stream', '5-2', bytes, bytes)
  await client.xadd('stream', '6-0', 'gone', '1')
  await client.xdel('stream', '6-0')
  await client.xgroup('CREATE', 'stream', 'group', '0')
  await client.xreadgroup('GROUP', 'group', 'worker', 'COUNT', 1, 'STREAMS', 'stream', '>')
  const claimed = ['TIME', 1_700_000_000_000, 'RETRYCOUNT', 7]
  await client.call('XCLAIM', 'stream', 'group', 'worker', 0, '5-1', ...claimed)
  await client.xgroup('CREATECONSUMER', 'stream', 'group', 'idle')
  await client.xgroup('CREATE', 'never an entry', 'group', '$', 'MKSTREAM')
  await client.xadd('emptied', '7-7', 'a', 'b')
  await client.xtrim('emptied', 'MAXLEN', 0)
  for (let index = 1; index <= 1_100; index++) await client.xadd('long', `${index}-0`, 'n', index)
  const items = client.pipeline()
  for (let index = 0; index < 4_000; index++) {
    items.hset(`item:${index}`, { title: `Title ${index}`, text: 'x'.repeat(100) })
  }
  await items.exec()
}
