import { expect, test } from '@playwright/test'
import fc from 'fast-check'
import { type Engine, embeddedEngine, redisEngine } from '../../local/gateway/engine.ts'
import { reachEngine } from '../../local/transports/engine.ts'
import { type Program, startRedis } from '../../test/support/processes.ts'
import { Store } from './client/store.ts'
import type { Transport } from './client/transport.ts'
import { Trips } from './client/trips.ts'
import { eventWords } from './events.ts'
import { rotateSession } from './rotation.ts'
import { openSession, revokeSession } from './sessions.ts'

const TTL = { refreshTokenTtlMs: 60_000, graceMs: 10_000, clockToleranceMs: 5_000 }
/** An end that no token of these tests reaches: their sessions are moved, not their tokens. */
const FAR = 4_102_444_800_000
const ID = 'u_0123456789abcdefghij'
const USER = { userId: 'me@home.org', accountId: ID, freshId: ID }
/** Whose the sessions are. */
const OWNER = { userId: USER.userId, accountId: ID }

/** For a busy machine. */
const PATIENCE_MS = 600_000

for (const kind of ['embedded', 'redis'] as const) {
  test.describe(`sessions in the ${kind} engine`, () => {
    let program: (Program & { url: string }) | undefined
    let engine: Engine
    /** Thousands of sequences: the shortest way will do. */
    let data: Transport
    let count = 0

    test.beforeAll(async () => {
      program = kind === 'redis' ? await startRedis() : undefined
      engine = await (program === undefined ? embeddedEngine() : redisEngine(program.url))
      data = reachEngine(engine).reached.store
      await call('HSET', 'user:me@home.org', 'password', 'the hash', 'level', '5')
    })
    test.afterAll(async () => {
      await engine.close()
      await program?.stop()
    })

    const call = async (...command: string[]): Promise<string> =>
      String(await engine.call(command.map((word) => Buffer.from(word))))

    const store = (): Store =>
      new Store({ auth: data, data }, new Trips(Date.now, undefined, undefined, PATIENCE_MS))

    async function open({
      comparedHash = 'the hash',
      ...options
    }: {
      sessionTtlMs?: number
      comparedHash?: string
    } = {}) {
      const sessionId = `session-${++count}`
      const session = {
        sessionId,
        ...USER,
        refreshTokenTtlMs: TTL.refreshTokenTtlMs,
        sessionTtlMs: 3_600_000,
        userAgent: 'test',
        ip: '192.0.2.1',
        cap: 1_000,
        device: undefined,
        event: eventWords('signin.succeeded', { user: USER.userId, session: sessionId }),
        ...options,
      }
      const code = { compared: '', step: '', recovery: '' } as const
      return { sessionId, opened: await openSession(store(), session, { comparedHash, code }) }
    }

    const rotate = (sessionId: string, seq: number, lifetimes = TTL) =>
      rotateSession(
        store(),
        { sessionId, ...OWNER, freshId: 'u_fresh', seq, expiresAt: FAR },
        lifetimes,
      )

    /** Moves the last rotation into the past: the clock is the store's, so the state is what moves. */
    async function age(sessionId: string, milliseconds: number): Promise<void> {
      for (const field of ['at', 'idle']) {
        const value = Number(await call('HGET', `session:${sessionId}`, field))
        await call('HSET', `session:${sessionId}`, field, String(value - milliseconds))
      }
    }

    test('a session opens with its keys, its index and their ends', async () => {
      const { sessionId, opened } = await open()
      expect(opened).toMatchObject({ status: 'opened', session: { seq: 1, level: 5 } })
      expect(await call('HMGET', `session:${sessionId}`, 'st', 'seq', 'uid', 'ua')).toBe(
        'live,1,u_0123456789abcdefghij,test',
      )
      const [idle, absolute] = (await call('HMGET', `session:${sessionId}`, 'idle', 'abs'))
        .split(',')
        .map(Number)
      expect((absolute ?? 0) - (idle ?? 0)).toBe(3_600_000 - 60_000)
      expect(Number(await call('PTTL', `session:${sessionId}`))).toBeGreaterThan(3_500_000)
      expect(await call('ZSCORE', 'sessions:me@home.org', sessionId)).toBe(String(idle))
    })

    test('no session opens when the account changed during the sign-in', async () => {
      expect((await open({ comparedHash: 'the hash before' })).opened).toEqual({
        status: 'refused',
      })
      await call('HSET', 'user:me@home.org', 'disabled', '1')
      expect((await open()).opened).toEqual({ status: 'refused' })
      await call('HDEL', 'user:me@home.org', 'disabled')
    })

    test('the same token within the grace gives the same state, and after it ends the session', async () => {
      const { sessionId } = await open()
      const first = await rotate(sessionId, 1)
      expect(first).toMatchObject({ status: 'rotated', session: { seq: 2 } })
      const repeated = await rotate(sessionId, 1)
      if (!('session' in first && 'session' in repeated)) throw new Error('no session')
      const { now: _, ...state } = first.session
      expect(repeated).toMatchObject({ status: 'repeated', session: state })
      await age(sessionId, 10_001)
      expect(await rotate(sessionId, 1)).toEqual({ status: 'reused' })
      expect(await rotate(sessionId, 2)).toEqual({ status: 'revoked' })
      expect(await call('ZSCORE', 'sessions:me@home.org', sessionId)).toBe('null')
      expect(Number(await call('PTTL', `session:${sessionId}`))).toBeLessThanOrEqual(86_400_000)
    })

    test('a token older than the last two, or ahead of the store, ends the session', async () => {
      for (const presented of [1, 9]) {
        const { sessionId } = await open()
        await rotate(sessionId, 1)
        await rotate(sessionId, 2)
        expect(await rotate(sessionId, presented)).toEqual({ status: 'reused' })
        expect(await rotate(sessionId, 3)).toEqual({ status: 'revoked' })
      }
    })

    test('a grace of 0 takes no repeat', async () => {
      const { sessionId } = await open()
      await rotate(sessionId, 1)
      await age(sessionId, 1)
      expect(await rotate(sessionId, 1, { ...TTL, graceMs: 0 })).toEqual({ status: 'reused' })
    })

    test('idle time ends a session; rotation extends it, never past its absolute end', async () => {
      const idle = await open()
      await age(idle.sessionId, 60_000)
      expect(await rotate(idle.sessionId, 1)).toEqual({ status: 'expired' })

      const { sessionId } = await open({ sessionTtlMs: 61_000 })
      const absolute = await call('HGET', `session:${sessionId}`, 'abs')
      await age(sessionId, 30_000)
      const rotated = await rotate(sessionId, 1, { ...TTL, refreshTokenTtlMs: 120_000 })
      expect(rotated).toMatchObject({ session: { idle: Number(absolute) } })
      expect(await call('HGET', `session:${sessionId}`, 'abs')).toBe(absolute)
    })

    test('a token past its own end does not rotate, whatever the session says', async () => {
      const { sessionId } = await open()
      const presented = { sessionId, ...OWNER, freshId: 'u_fresh', seq: 1 }
      const late = { ...presented, expiresAt: Date.now() - 30_000 }
      expect(await rotateSession(store(), late, TTL)).toEqual({ status: 'expired' })
      const tolerant = { ...TTL, clockToleranceMs: 3_600_000 }
      expect((await rotateSession(store(), late, tolerant)).status).toBe('rotated')
    })

    test('a damaged session ends; one by one, no field is guessed', async () => {
      for (const field of ['seq', 'at', 'idle', 'abs']) {
        const { sessionId } = await open()
        await call('HSET', `session:${sessionId}`, field, 'garbage')
        expect(await rotate(sessionId, 1), field).toEqual({ status: 'revoked' })
      }
    })

    test('another user’s token does not reach a session, and revoking is idempotent', async () => {
      const { sessionId } = await open()
      const foreign = { sessionId, userId: 'eve@home.org', accountId: 'u_eve' }
      expect(
        await rotateSession(
          store(),
          { ...foreign, freshId: 'u_fresh', seq: 1, expiresAt: FAR },
          TTL,
        ),
      ).toEqual({
        status: 'revoked',
      })
      await revokeSession(store(), foreign)
      expect((await rotate(sessionId, 1)).status).toBe('rotated')
      await revokeSession(store(), { sessionId, ...OWNER })
      await revokeSession(store(), { sessionId, ...OWNER })
      await revokeSession(store(), { sessionId: 'never was', ...OWNER })
      expect(await rotate(sessionId, 2)).toEqual({ status: 'revoked' })
    })

    test('a model of rotation agrees with the store over random sequences of use, replay and waiting', async () => {
      test.setTimeout(900_000)
      const step = fc.oneof(
        fc.record({ do: fc.constant('present' as const), behind: fc.integer({ min: -1, max: 3 }) }),
        fc.record({ do: fc.constant('wait' as const), ms: fc.constantFrom(1_000, 11_000, 61_000) }),
        fc.record({ do: fc.constant('revoke' as const) }),
      )
      const sequence = fc.array(step, { maxLength: 8 })
      // Two thousand sequences, twenty at a time: each has a session of its own.
      const batch = fc.array(sequence, { minLength: 20, maxLength: 20 })
      await fc.assert(
        fc.asyncProperty(batch, async (sequences) => {
          const compared = await Promise.all(sequences.map(compare))
          // Once for all of them: an assertion costs more than a rotation.
          expect(compared.map(({ found }) => found)).toEqual(compared.map(({ wanted }) => wanted))
        }),
        { numRuns: 100 },
      )

      async function compare(steps: Move[]): Promise<{ found: string[]; wanted: string[] }> {
        const { sessionId } = await open()
        const model = { seq: 1, sinceRotation: 0, alive: true }
        const found: string[] = []
        const wanted: string[] = []
        for (const move of steps) {
          if (move.do === 'wait') {
            await age(sessionId, move.ms)
            model.sinceRotation += move.ms
          } else if (move.do === 'revoke') {
            await revokeSession(store(), { sessionId, ...OWNER })
            model.alive = false
          } else {
            const status = expectedStatus(model, move.behind)
            found.push((await rotate(sessionId, model.seq - move.behind)).status)
            wanted.push(status)
            if (status === 'rotated') Object.assign(model, { seq: model.seq + 1, sinceRotation: 0 })
            if (status === 'reused' || status === 'expired') model.alive = false
          }
          found.push(await call('HMGET', `session:${sessionId}`, 'st', 'seq'))
          wanted.push(`${model.alive ? 'live' : 'revoked'},${model.seq}`)
        }
        return { found, wanted }
      }
    })
  })
}

type Move = { do: 'present'; behind: number } | { do: 'wait'; ms: number } | { do: 'revoke' }

function expectedStatus(model: { sinceRotation: number; alive: boolean }, behind: number): string {
  if (!model.alive) return 'revoked'
  if (model.sinceRotation >= 60_000) return 'expired'
  if (behind === 0) return 'rotated'
  return behind === 1 && model.sinceRotation < 10_000 ? 'repeated' : 'reused'
}
