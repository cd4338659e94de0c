import { expect, test } from '@playwright/test'
import { type Engine, embeddedEngine, redisEngine } from '../../local/gateway/engine.ts'
import { type Gateway, startGateway } from '../../local/gateway/server.ts'
import { type Program, startRedis } from '../../test/support/processes.ts'
import { connect } from './client/redis.ts'
import { Store } from './client/store.ts'
import { Trips } from './client/trips.ts'
import { type EventQuery, eventsRead } from './event-list.ts'
import type { SecurityEventType } from './event-types.ts'
import { type EventFields, recordEvent } from './events.ts'

/** For a store that is filled on a busy machine. */
const PATIENCE_MS = 600_000

const FIRST: EventQuery = { before: '', limit: 100, type: undefined, names: [] }

for (const kind of ['embedded', 'redis'] as const) {
  test.describe(`events in the ${kind} engine`, () => {
    let program: (Program & { url: string }) | undefined
    let engine: Engine
    let gateway: Gateway
    let store: Store

    test.beforeEach(async () => {
      program = kind === 'redis' ? await startRedis() : undefined
      engine = await (program === undefined ? embeddedEngine() : redisEngine(program.url))
      gateway = await startGateway({ engine, token: 'token' })
      const data = connect(gateway, PATIENCE_MS)
      store = new Store(
        { auth: data, data },
        new Trips(Date.now, undefined, undefined, PATIENCE_MS),
      )
    })
    test.afterEach(async () => {
      await gateway.close()
      await engine.close()
      await program?.stop()
    })

    /** As many at a time as one script can take: a trail of a thousand is not filled one by one. */
    async function record(count: number, type: SecurityEventType, fields: EventFields) {
      for (let done = 0; done < count; done += 50) {
        const share = Math.min(50, count - done)
        await Promise.all(Array.from({ length: share }, () => recordEvent(store, type, fields)))
      }
    }

    async function listed(query: Partial<EventQuery> = {}) {
      const found = []
      let before = ''
      for (;;) {
        const [page] = await store.read(eventsRead({ ...FIRST, ...query, before }))
        found.push(...page.events)
        if (page.cursor === undefined) return found
        before = page.cursor
      }
    }

    const count = async (query: Partial<EventQuery>) => (await listed(query)).length

    test('what an admin did is capped by its kind alone', async () => {
      await record(60, 'block.created', { by: 'admin', ip: '192.0.2.1' })
      expect(await count({ type: 'block.created' })).toBe(60)
    })

    test('the newest of a user stay', async () => {
      for (let level = 0; level < 60; level++) {
        await recordEvent(store, 'level.changed', { user: 'moved', level })
      }
      const levels = (await listed()).map(({ fields }) => Number(fields['level']))
      expect(levels).toEqual(Array.from({ length: 50 }, (_, index) => 59 - index))
    })

    test('a filter, and pages: none missing and none twice', async () => {
      for (let round = 0; round < 4; round++) {
        await record(1, 'token.reused', { user: 'a' })
        await record(2, 'key.rolled', { user: 'b' })
      }
      expect(await count({ type: 'token.reused' })).toBe(4)
      expect(await count({ names: ['other', 'b'] })).toBe(8)
      expect(await count({ type: 'token.reused', names: ['b'] })).toBe(0)
      for (const query of [{}, { names: ['b'] }, { type: 'token.reused' as const }]) {
        const ids = (await listed({ ...query, limit: 3 })).map(({ id }) => id)
        expect(ids).toEqual((await listed(query)).map(({ id }) => id))
        expect(new Set(ids).size).toBe(ids.length)
      }
    })

    // A thousand events take the embedded engine minutes.
    if (kind === 'embedded') return

    test('one user pushes out neither what others did, nor what they did themselves of another kind', async () => {
      await record(1, 'token.reused', { user: 'victim' })
      await record(1, 'key.created', { user: 'victim' })
      await record(1, 'signin.failed', { user: 'loud' })
      await record(1_050, 'key.created', { user: 'loud' })
      expect(await count({ names: ['victim'] })).toBe(2)
      expect(await count({ names: ['loud'], type: 'signin.failed' })).toBe(1)
      expect(await count({ names: ['loud'], type: 'key.created' })).toBe(50)
    })

    test('many users together do not push out what one other did; the newest event is always there', async () => {
      await record(1, 'key.created', { user: 'victim' })
      for (let user = 0; user < 21; user++) await record(50, 'key.created', { user: `m${user}` })
      expect(await count({ names: ['victim'] })).toBe(1)
      expect(await count({ type: 'key.created' })).toBe(1_000)
      for (let user = 0; user < 21; user++) {
        expect(await count({ names: [`m${user}`] })).toBeGreaterThanOrEqual(999 / 21 - 1)
      }
      for (const user of ['zz', 'aa']) {
        await record(1, 'key.created', { user })
        expect(await count({ names: [user] })).toBe(1)
      }
      expect(await count({ type: 'key.created' })).toBe(1_000)
    })

    test('of a thousand who did as much as each other the newest stays', async () => {
      await Promise.all(
        Array.from({ length: 20 }, async (_, share) => {
          for (let index = 0; index < 50; index++) {
            await record(1, 'key.rolled', { user: `m${share * 50 + index}` })
          }
        }),
      )
      for (const user of ['zz', 'aa']) {
        await record(1, 'key.rolled', { user })
        expect(await count({ names: [user] })).toBe(1)
      }
      expect(await count({ type: 'key.rolled' })).toBe(1_000)
    })

    test('a flood of strangers does not push out what is said of users', async () => {
      await record(1, 'signin.failed', { user: 'victim', ip: '192.0.2.1' })
      for (let net = 0; net < 22; net++) {
        await record(50, 'signin.failed', { ip: `198.51.100.${net}` })
      }
      expect(await count({ names: ['victim'] })).toBe(1)
      expect(await count({ type: 'signin.failed' })).toBe(1 + 1_000)
    })

    test('a filter looks through the trail in steps: a short page goes on', async () => {
      await record(1, 'token.reused', { user: 'a' })
      for (let user = 0; user < 21; user++) await record(50, 'key.rolled', { user: `u${user}` })
      await record(1, 'token.reused', { user: 'b' })
      const query = { ...FIRST, type: 'token.reused' as const }
      const [first] = await store.read(eventsRead(query))
      // Of 1,002 rows the oldest is beyond the step.
      expect(first.events.map(({ fields }) => fields['user'])).toEqual(['b'])
      expect(first.cursor).toBeDefined()
      const [second] = await store.read(eventsRead({ ...query, before: first.cursor ?? '' }))
      expect(second.events.map(({ fields }) => fields['user'])).toEqual(['a'])
      expect(second.cursor).toBeUndefined()
    })
  })
}
