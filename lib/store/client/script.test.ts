import { expect, test } from '@playwright/test'
import { type Engine, embeddedEngine, redisEngine } from '../../../local/gateway/engine.ts'
import { startGateway } from '../../../local/gateway/server.ts'
import { startRedis } from '../../../test/support/processes.ts'
import { StoreUnavailable } from '../../contract/problems.ts'
import { connect } from './redis.ts'
import { flag, integer, text, words } from './reply.ts'
import { readScript, script, scriptRead } from './script.ts'
import { Store } from './store.ts'
import { Trips } from './trips.ts'

const ECHO = script({
  name: 'echo',
  keys: ['firstKey', '...someKeys', '...otherKeys'],
  args: ['word', '...some', 'number: number', 'is: boolean', '...others'],
  lua: `
if word == 'none' then return {'nothing'} end
if word == 'strange' then return {'what is this'} end
if word == 'bare' then return 1 end
return {'told', firstKey, someKeys, otherKeys, word, number + 1, is and 1 or 0, some, others}
`,
  outcomes: {
    told: {
      firstKey: text,
      someKeys: words,
      otherKeys: words,
      word: text,
      number: integer,
      is: flag,
      some: words,
      others: words,
    },
    nothing: {},
  },
})
const READ = readScript({
  name: 'read one',
  keys: ['key'],
  lua: `
return {'found', redis.call('GET', key)}
`,
  outcomes: { found: { value: text } },
})

const keys = { firstKey: 'a', someKeys: ['b', 'c'], otherKeys: [] }
const args = { word: '', some: ['x'], number: 41, is: true, others: ['y', '', 'z'] }

/** Never called: the compiler holds that each `@ts-expect-error` is one. */
export function misuses(store: Store): unknown[] {
  return [
    // @ts-expect-error a key is missing
    store.write(ECHO, { firstKey: 'a', someKeys: [] }, args),
    // @ts-expect-error a key too many
    store.write(ECHO, { ...keys, more: 'd' }, args),
    // @ts-expect-error a name misspelt
    store.write(ECHO, keys, { ...args, wrod: '' }),
    // @ts-expect-error an argument is missing
    store.write(ECHO, keys, { word: '', some: [], number: 1, is: true }),
    // @ts-expect-error a text for a number
    store.write(ECHO, keys, { ...args, number: '41' }),
    // @ts-expect-error one text for a list
    store.write(ECHO, keys, { ...args, some: 'x' }),
    // @ts-expect-error an argument where there is none
    scriptRead('data', READ, { key: 'k' }, { word: '' }),
    // @ts-expect-error a script that only reads is not written with
    store.write(READ, { key: 'k' }, {}),
    // @ts-expect-error a script that writes is no read
    scriptRead('data', ECHO, keys, args),
  ]
}

for (const kind of ['redis', 'embedded'] as const) {
  test.describe(`scripts on ${kind}`, () => {
    let engine: Engine
    let program: Awaited<ReturnType<typeof startRedis>> | undefined
    let store: Store
    let close: () => Promise<void>
    test.beforeAll(async () => {
      program = kind === 'redis' ? await startRedis() : undefined
      engine = await (program === undefined ? embeddedEngine() : redisEngine(program.url))
      await engine.call(['EVAL', 'return 1', '0'].map((word) => Buffer.from(word)))
      const gateway = await startGateway({ engine, token: 'token' })
      const client = connect({ url: gateway.url, token: 'token' })
      const trips = new Trips(Date.now, undefined, undefined, 30_000)
      store = new Store({ auth: client, data: client }, trips)
      close = () => gateway.close()
    })
    test.afterAll(async () => {
      await close()
      await engine.close()
      await program?.stop()
    })

    test('Lua has each key and each argument by its name', async () => {
      expect(await store.write(ECHO, keys, args)).toEqual({
        status: 'told',
        ...keys,
        ...args,
        number: 42,
      })
      const more = { ...args, some: [], is: false, others: [] }
      expect(await store.write(ECHO, { ...keys, otherKeys: ['d'] }, more)).toMatchObject({
        someKeys: ['b', 'c'],
        otherKeys: ['d'],
        some: [],
        is: false,
        others: [],
      })
      expect(await store.write(ECHO, keys, { ...args, word: 'none' })).toEqual({
        status: 'nothing',
      })
    })

    test('a reply that is no outcome is no answer', async () => {
      for (const word of ['strange', 'bare']) {
        await expect(store.write(ECHO, keys, { ...args, word })).rejects.toThrow(StoreUnavailable)
      }
    })

    test('of two scripts in one command each has its own keys and arguments, lists and all', async () => {
      const echo = (name: string) =>
        readScript({
          name,
          keys: ['key', '...more'],
          args: ['word', '...words'],
          lua: `
return {'told', {key, word, unpack(more)}, words}
`,
          outcomes: { told: { keys: words, args: words } },
        })
      const of = (name: string, key: string, more: string[], list: string[]) =>
        scriptRead('data', echo(name), { key, more }, { word: name, words: list })
      const told = await store.readBoth(
        of('one', 'a', ['b', 'c'], []),
        of('two', 'd', ['e'], ['x', 'y']),
      )
      expect(told).toEqual([
        { status: 'told', keys: ['a', 'one', 'b', 'c'], args: [] },
        { status: 'told', keys: ['d', 'two', 'e'], args: ['x', 'y'] },
      ])
    })

    test('a script that only reads goes with other reads, and may not write', async () => {
      await engine.call(['SET', 'k', 'v'].map((word) => Buffer.from(word)))
      const read = scriptRead('data', READ, { key: 'k' }, {})
      const [found, again] = await store.read(read, read)
      expect([found, again]).toEqual([
        { status: 'found', value: 'v' },
        { status: 'found', value: 'v' },
      ])
      const pair = await store.readBoth(read, scriptRead('data', READ, { key: 'other' }, {}))
      expect(pair).toEqual([
        { status: 'found', value: 'v' },
        { status: 'found', value: undefined },
      ])
      const writing = readScript({
        name: 'writes',
        keys: ['key'],
        lua: `
return {'done', redis.call('SET', key, '1')}
`,
        outcomes: { done: {} },
      })
      await expect(store.read(scriptRead('data', writing, { key: 'k' }, {}))).rejects.toThrow(
        StoreUnavailable,
      )
    })
  })
}
