import { createHash } from 'node:crypto'
import { expect, test } from '@playwright/test'
import { Ratelimit } from '@upstash/ratelimit'
import { Redis } from '@upstash/redis'
import { officialClient } from '../../test/support/direct-client.ts'
import { type Program, startProgram, startRedis } from '../../test/support/processes.ts'
import type { Connection } from '../transports/carrier.ts'
import { reachEngine } from '../transports/engine.ts'
import { openRedis } from '../transports/redis.ts'
import { type Engine, embeddedEngine, redisEngine } from './engine.ts'
import { type Gateway, startGateway } from './server.ts'

const TOKEN = 'gateway-token'

const WAYS = [
  { kind: 'embedded', direct: false },
  { kind: 'redis', direct: false },
  { kind: 'embedded', direct: true },
  { kind: 'redis', direct: true },
] as const

for (const { kind, direct } of WAYS) {
  const way = direct ? 'the direct transport to' : 'the gateway in front of'
  /** What is asked in HTTP, or of what the gateway alone has. */
  const gatewayTest = direct ? () => undefined : test

  test.describe(`${way} the ${kind} engine, through the real clients`, () => {
    let transport: Connection | undefined
    let program: (Program & { url: string }) | undefined
    let engine: Engine
    let gateway: Gateway
    let redis: Redis
    let raw: Redis

    test.beforeAll(async () => {
      program = kind === 'redis' ? await startRedis() : undefined
      engine = await (program === undefined ? embeddedEngine() : redisEngine(program.url))
      gateway = await startGateway({ engine, token: TOKEN })
      const options = { url: gateway.url, token: TOKEN, retry: { retries: 0 } }
      redis = new Redis(options)
      raw = new Redis({ ...options, automaticDeserialization: false, responseEncoding: false })
      if (!direct) return
      transport = program === undefined ? reachEngine(engine) : openRedis(program.url)
      redis = officialClient(transport.carry)
      raw = officialClient(transport.carry, false)
    })
    test.afterAll(async () => {
      await transport?.close()
      await gateway.close()
      await engine.close()
      await program?.stop()
    })
    test.beforeEach(async () => {
      await redis.flushall()
    })

    const post = async (path: string, body: string, headers: Record<string, string> = {}) => {
      const response = await fetch(`${gateway.url}${path}`, {
        method: 'POST',
        headers: { Authorization: `Bearer ${TOKEN}`, ...headers },
        body,
      })
      return { status: response.status, body: await response.json() }
    }

    test('strings, in both encodings', async () => {
      const base64 = new Redis({ url: gateway.url, token: TOKEN, automaticDeserialization: false })
      for (const client of direct ? [raw] : [raw, base64]) {
        for (const value of [
          '',
          'OK',
          'true',
          '12345',
          '9007199254740993',
          'é😀\u0000\n"',
          '{"a":1}',
        ]) {
          expect(await client.set('key', value)).toBe('OK')
          expect(await client.get('key')).toBe(value)
        }
        expect(await client.get('absent')).toBeNull()
      }
      expect(await redis.set('typed', { a: [1, 'x'] })).toBe('OK')
      expect(await redis.get('typed')).toEqual({ a: [1, 'x'] })
      expect(await redis.incrby('count', 5)).toBe(5)
      expect(await redis.set('once', 'a', { nx: true, ex: 60 })).toBe('OK')
      expect(await redis.set('once', 'b', { nx: true })).toBeNull()
      expect(await redis.ttl('once')).toBeGreaterThan(50)
      expect(await redis.ping()).toBe('PONG')
    })

    test('hashes with odd fields and values', async () => {
      const odd = {
        '': 'empty name',
        __proto__x: 'x',
        'a b': ' ',
        ü: '😀',
        n: '007',
        t: 'true',
        z: '',
      }
      expect(await redis.hset('hash', odd)).toBe(7)
      expect(await raw.hmget('hash', 'n', 't', 'z', 'absent')).toEqual(['007', 'true', '', null])
      const flat = (await raw.hgetall('hash')) as unknown as string[]
      expect(flat).toHaveLength(14)
      await raw.hset('hash', { ['__proto__']: 'own' })
      expect(await raw.hget('hash', '__proto__')).toBe('own')
      expect(await redis.hgetall('absent')).toBeNull()
      expect(await redis.hdel('hash', 'n', 'absent')).toBe(1)
    })

    test('SCAN over 5,000 keys to the end, while others are deleted, names every stable key', async () => {
      for (let start = 0; start < 10_000; start += 1_000) {
        const pipeline = redis.pipeline()
        for (let index = start; index < start + 1_000; index++) {
          pipeline.set(`${index % 2 === 0 ? 'stable' : 'doomed'}:${index}`, 'x')
        }
        await pipeline.exec()
      }
      const seen = new Set<string>()
      let cursor = '0'
      let doomed = 1
      do {
        const [next, keys] = await redis.scan(cursor, { match: 'stable:*', count: 500 })
        for (const key of keys) seen.add(key)
        const pipeline = redis.pipeline()
        for (let index = 0; index < 250; index++, doomed += 2) pipeline.del(`doomed:${doomed}`)
        await pipeline.exec()
        cursor = next
      } while (cursor !== '0')
      expect(seen.size).toBe(5_000)
      await redis.hset('a hash', { a: 1 })
      const [, hashes] = await redis.scan(0, { type: 'hash', count: 20_000 })
      expect(hashes).toEqual(['a hash'])
    })

    test('HSCAN, SSCAN and ZSCAN to the end, while others go, name every stable element', async () => {
      const all = Array.from({ length: 2_000 }, (_, index) =>
        index % 2 === 0 ? `stable:${index}` : `doomed:${index}`,
      )
      await redis.hset('h', Object.fromEntries(all.map((name) => [name, 'x'])))
      await redis.sadd('s', 'stable:one', ...all)
      const [first = { score: 0, member: '' }, ...rest] = all.map((member, score) => ({
        score,
        member,
      }))
      await redis.zadd('z', first, ...rest)
      const scans = {
        hash: { scan: (cursor: string) => redis.hscan('h', cursor, { count: 100 }), width: 2 },
        set: { scan: (cursor: string) => redis.sscan('s', cursor, { count: 100 }), width: 1 },
        'sorted set': {
          scan: (cursor: string) => redis.zscan('z', cursor, { count: 100 }),
          width: 2,
        },
      }
      for (const [type, { scan, width }] of Object.entries(scans)) {
        const seen = new Set<unknown>()
        let cursor = '0'
        let doomed = 1
        do {
          const [next, found] = await scan(cursor)
          for (let at = 0; at < found.length; at += width) seen.add(found[at])
          const some = Array.from({ length: 50 }, (_, index) => `doomed:${doomed + 2 * index}`)
          doomed += 100
          await redis
            .pipeline()
            .hdel('h', ...some)
            .srem('s', ...some)
            .zrem('z', ...some)
            .exec()
          cursor = next
        } while (cursor !== '0')
        const stable = all.filter((name) => name.startsWith('stable'))
        expect(
          stable.filter((name) => !seen.has(name)),
          type,
        ).toEqual([])
      }
    })

    test('a text that looks like a status stays what it is, inside lists too', async () => {
      await raw.hset('hash', { a: 'OK', b: 'T0s=' })
      expect(await redis.hmget('hash', 'a', 'b')).toEqual({ a: 'OK', b: 'T0s=' })
      expect(await raw.hmget('hash', 'a', 'b')).toEqual(['OK', 'T0s='])
    })

    test('ZADD and ZRANGE BYLEX in the order of bytes', async () => {
      const members = ['b', 'a', 'é', 'Z', 'ab', '😀']
      for (const member of members) await raw.zadd('set', { score: 0, member })
      const ordered = [...members].sort((a, b) => Buffer.compare(Buffer.from(a), Buffer.from(b)))
      expect(await raw.zrange('set', '-', '+', { byLex: true })).toEqual(ordered)
      expect(await raw.zrange('set', '(a', '+', { byLex: true, offset: 0, count: 2 })).toEqual([
        'ab',
        'b',
      ])
      expect(await redis.zscore('set', 'a')).toBe(0)
    })

    test('pipelines answer in order and keep each error to its place', async () => {
      const pipeline = redis.pipeline().set('a', 'x').incr('a').get<string>('a')
      const replies = await pipeline.exec({ keepErrors: true })
      expect(replies.map(({ error }) => error !== undefined)).toEqual([false, true, false])
      expect(replies[2]?.result).toBe('x')
    })

    gatewayTest('multi is one transaction', async () => {
      expect(await redis.multi().set('b', 1).incr('b').get('b').exec()).toEqual(['OK', 2, 2])
      await expect(redis.multi().set('b', 'x').incr('b').exec()).rejects.toThrow(/not an integer/)
    })

    gatewayTest('SCRIPT and NOSCRIPT, with Upstash’s own Lua flag', async () => {
      await raw.set('k', 'v')
      const flagged = `#!lua flags=allow-key-locking\nreturn redis.call('GET', KEYS[1])`
      const unknown = 'f'.repeat(40)
      await expect(raw.evalsha(unknown, [], [])).rejects.toThrow(/NOSCRIPT/)
      const sha = await raw.scriptLoad(flagged)
      expect(sha).toBe(createHash('sha1').update(flagged).digest('hex'))
      expect(await raw.scriptExists(sha, unknown)).toEqual([1, 0])
      expect(await raw.evalsha(sha, ['k'], [])).toBe('v')
      const script = raw.createScript(flagged)
      expect(await script.exec(['k'], [])).toBe('v')
      await raw.scriptFlush()
      await expect(raw.evalsha(sha, ['k'], [])).rejects.toThrow(/NOSCRIPT/)
    })

    test('EVAL, EVALSHA and EVAL_RO, with Upstash’s own Lua flag', async () => {
      const plain = "return {KEYS[1], ARGV[1], redis.call('SET', KEYS[1], ARGV[1])}"
      expect(await raw.eval(plain, ['k'], ['v'])).toEqual(['k', 'v', 'OK'])
      const flagged = `#!lua flags=allow-key-locking\nreturn {redis.call('GET', KEYS[1])}`
      const sha = createHash('sha1').update(flagged).digest('hex')
      for (let round = 0; round < 2; round++) {
        expect(await raw.eval(flagged, ['k'], [])).toEqual(['v'])
        expect(await raw.evalsha(sha, ['k'], [])).toEqual(['v'])
        expect(await raw.evalRo(flagged, ['k'], [])).toEqual(['v'])
      }
      await expect(raw.evalRo("return redis.call('SET', KEYS[1], '1')", ['k'], [])).rejects.toThrow(
        /read-only/i,
      )
      await expect(raw.eval('return nonsense(', [], [])).rejects.toThrow(/ERR/)
      const time = "local t = redis.call('TIME'); redis.call('SET', KEYS[1], t[1]); return t[1]"
      expect(Number(await raw.eval(time, ['now'], []))).toBeGreaterThan(1_700_000_000)
    })

    test('every algorithm of @upstash/ratelimit counts', async () => {
      const algorithms = {
        fixed: Ratelimit.fixedWindow(3, '60 s'),
        sliding: Ratelimit.slidingWindow(3, '60 s'),
        bucket: Ratelimit.tokenBucket(3, '60 s', 3),
        cached: Ratelimit.cachedFixedWindow(3, '60 s'),
      }
      for (const [prefix, limiter] of Object.entries(algorithms)) {
        const ratelimit = new Ratelimit({ redis, limiter, prefix, timeout: 0 })
        const outcomes: boolean[] = []
        for (let index = 0; index < 4; index++) {
          const { success, pending } = await ratelimit.limit('me')
          await pending
          outcomes.push(success)
        }
        expect(outcomes, prefix).toEqual([true, true, true, false])
        expect((await ratelimit.getRemaining('me')).remaining, prefix).toBe(0)
        if (prefix === 'cached') continue
        await ratelimit.resetUsedTokens('me')
        expect((await ratelimit.limit('me')).success, prefix).toBe(true)
      }
      const exact = new Ratelimit({
        redis,
        limiter: Ratelimit.fixedWindow(10, '60 s'),
        prefix: 'exact',
        timeout: 0,
      })
      const burst = await Promise.all(Array.from({ length: 200 }, () => exact.limit('me')))
      expect(burst.filter(({ success }) => success)).toHaveLength(10)
    })

    test('an error of Redis rejects with its words', async () => {
      await redis.set('string', 'x')
      await expect(redis.hgetall('string')).rejects.toThrow(/WRONGTYPE/)
    })

    gatewayTest(
      'errors of Redis are 400 with its words; commands that are not for clients are refused',
      async () => {
        await redis.set('string', 'x')
        await expect(redis.hgetall('string')).rejects.toThrow(/WRONGTYPE/)
        expect(await post('/', '["NOPE"]')).toMatchObject({
          status: 400,
          body: { error: expect.stringMatching(/unknown command/i) },
        })
        for (const name of [
          'config',
          'SUBSCRIBE',
          'Multi',
          'shutdown',
          'SELECT',
          'monitor',
          'CLIENT',
        ]) {
          const { status, body } = await post('/', JSON.stringify([name, 'x']))
          expect([status, body.error], name).toEqual([400, expect.stringMatching(/not available/)])
        }
        expect((await post('/', '["XREAD","BLOCK","0","STREAMS","s","$"]')).status).toBe(400)
        expect((await post('/multi-exec', '[["SET","a","1"],["NOPE"]]')).status).toBe(400)
        expect(await redis.exists('a')).toBe(0)
        const inPipeline = await post('/pipeline', '[["get","string"],["CONFIG","GET","*"]]')
        expect(inPipeline).toEqual({
          status: 200,
          body: [{ result: 'x' }, { error: expect.stringMatching(/not available/) }],
        })
      },
    )

    gatewayTest('each answer has a sync token that is higher than those before', async () => {
      const tokenOf = async (path: string, body: string): Promise<number> => {
        const headers = { Authorization: `Bearer ${TOKEN}` }
        const response = await fetch(`${gateway.url}${path}`, { method: 'POST', headers, body })
        return Number(response.headers.get('upstash-sync-token'))
      }
      const tokens: number[] = []
      for (const [path, body] of [
        ['/', '["SET","a","1"]'],
        ['/pipeline', '[["GET","a"]]'],
        ['/multi-exec', '[["INCR","a"]]'],
        ['/', '["NOPE"]'],
      ] as const)
        tokens.push(await tokenOf(path, body))
      expect(tokens[0]).toBeGreaterThan(0)
      expect(tokens).toEqual([...new Set(tokens)].sort((a, b) => a - b))
    })

    gatewayTest('the path form takes the body and the query as arguments', async () => {
      expect(await post('/set/a%2Fb', 'the body')).toEqual({ status: 200, body: { result: 'OK' } })
      const read = await fetch(`${gateway.url}/get/a%2Fb?_token=${TOKEN}`)
      expect(await read.json()).toEqual({ result: 'the body' })
      await post('/set/short/x?EX=100', '')
      expect(await redis.ttl('short')).toBeGreaterThan(90)
      expect((await post('/get/%zz', '')).status).toBe(400)
    })

    gatewayTest('401 for a wrong token on every path', async () => {
      for (const path of [
        '/',
        '/pipeline',
        '/multi-exec',
        '/get/a',
        '/nowhere',
        '//',
        '//[',
        '/\\\\',
      ]) {
        for (const token of ['Bearer wrong', 'Bearer ', 'Basic eA==', '']) {
          const { status, body } = await post(path, '["PING"]', { Authorization: token })
          expect([status, body], `${path} ${token}`).toEqual([401, { error: 'Unauthorized' }])
        }
      }
      const stranger = new Redis({ url: gateway.url, token: 'wrong', retry: { retries: 0 } })
      await expect(stranger.get('a')).rejects.toThrow(/Unauthorized/)
    })

    gatewayTest('400 for bodies that are no commands, 413 beyond 10 MiB', async () => {
      for (const body of [
        '',
        'x',
        '{}',
        '[]',
        '[[]]',
        '[null]',
        '[{"a":1}]',
        '"PING"',
        '[["GET","a"]]',
      ]) {
        const { status, body: answer } = await post('/', body)
        expect([status, typeof answer.error], body).toEqual([400, 'string'])
      }
      for (const body of ['[]', '{}', 'x']) expect((await post('/pipeline', body)).status).toBe(400)
      expect((await post('/multi-exec', '[["GET"],[]]')).status).toBe(400)
      const large = JSON.stringify(['SET', 'large', 'x'.repeat(9 * 1_024 * 1_024)])
      expect((await post('/', large)).status).toBe(200)
      const refused = await post(
        '/',
        JSON.stringify(['SET', 'l', 'x'.repeat(10 * 1_024 * 1_024)]),
      ).catch(() => undefined)
      // A client that is still sending may see the connection close before it reads the answer.
      expect(refused === undefined || refused.status === 413).toBe(true)
      expect(await redis.exists('l')).toBe(0)
    })

    gatewayTest('503 while the engine is gone, and answers again when it is back', async () => {
      if (program === undefined) {
        const closed = await embeddedEngine()
        const own = await startGateway({ engine: closed, token: TOKEN })
        await closed.close()
        const client = new Redis({ url: own.url, token: TOKEN, retry: { retries: 0 } })
        await expect(client.get('a')).rejects.toThrow(/gone/)
        await own.close()
        return
      }
      await program.stop()
      expect((await post('/', '["PING"]')).status).toBe(503)
      expect((await post('/pipeline', '[["PING"]]')).status).toBe(503)
      const args = ['--port', new URL(program.url).port, '--save', '']
      program = {
        ...(await startProgram('redis-server', args, process.env, /Ready to accept/)),
        url: program.url,
      }
      await expect
        .poll(async () => (await post('/', '["PING"]')).status, { timeout: 5_000 })
        .toBe(200)
    })
  })
}
