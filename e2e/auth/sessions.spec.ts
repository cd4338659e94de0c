import { sessionOf } from '../../test/support/accounts.ts'
import type { Api } from '../../test/support/api.ts'
import { expect, test } from '../../test/support/fixtures.ts'

async function list(
  api: Api,
  token: string,
): Promise<{ id: string; current: boolean; userAgent: string }[]> {
  const { status, body } = await api.get('/api/auth/sessions', token)
  expect([status, body.nextCursor]).toEqual([200, null])
  return body.data
}

test.describe('/api/auth/sessions', () => {
  /** An account of this test alone, with the password that is known. */
  async function account(store: { call: (...words: string[]) => Promise<unknown> }, user: string) {
    const hash = String(await store.call('HGET', 'user:me@home.org', 'password'))
    await store.call('HSET', `user:${user}`, 'password', hash, 'level', '0')
    return { user, password: 'password' }
  }

  test('GET lists the live sessions, newest first, with device, address and which is this one', async ({
    api,
    store,
  }) => {
    const ada = await account(store, 'ada@home.org')
    const first = await api.signIn(ada)
    const second = await api.signIn(ada)
    const { body } = await api.get('/api/auth/sessions', first.JWT)
    expect(body.data).toEqual([
      {
        id: expect.any(String),
        createdAt: expect.stringMatching(/^\d{4}-\d\d-\d\dT[\d:.]+Z$/),
        lastSeenAt: expect.any(String),
        userAgent: 'node',
        ip: '127.0.0.1',
        current: false,
      },
      expect.objectContaining({ current: true }),
    ])
    await api.post('/api/auth/logout', {}, second.JWT)
    expect(await list(api, first.JWT)).toHaveLength(1)
  })

  test('DELETE …/{id} ends one at once; another user’s and an ended one are 404', async ({
    api,
    store,
  }) => {
    const bob = await account(store, 'bob@home.org')
    const [mine, other] = [await api.signIn(bob), await api.signIn(bob)]
    const stranger = await api.signIn()
    const doomed = (await list(api, mine.JWT)).find(({ current }) => !current)?.id ?? ''
    const path = `/api/auth/sessions/${doomed}`
    const end = (token: string) =>
      api.send(path, { method: 'DELETE', headers: { Authorization: `Bearer ${token}` } })
    expect(await end(stranger.JWT)).toBeProblem('not-found')
    expect((await api.get('/api/movies?limit=1', other.JWT)).status).toBe(200)

    const ended = await end(mine.JWT)
    expect([ended.status, ended.text]).toEqual([204, ''])
    expect(ended.headers.get('ratelimit-policy')).toContain('"write";q=')
    expect(ended.headers.get('ratelimit-policy')).toContain('"user";q=')
    expect(await api.get('/api/movies', other.JWT)).toBeProblem('invalid-token')
    expect(await api.post('/api/auth/refresh', { refresh: other.refresh })).toBeProblem(
      'invalid-refresh-token',
    )
    expect(await end(mine.JWT)).toBeProblem('not-found')
    expect((await api.get('/api/movies?limit=1', mine.JWT)).status).toBe(200)
  })

  test('DELETE ends a thousand sessions at once, access and refresh tokens alike', async ({
    api,
    store,
  }) => {
    const eve = await account(store, 'eve@home.org')
    const token = await api.signIn(eve)
    const later = String(Date.now() + 86_400_000)
    const gen = String(await store.call('HGET', 'user:eve@home.org', 'gen'))
    const pipeline = store.redis.pipeline()
    for (let index = 1; index < 1_000; index++) {
      const session = {
        st: 'live',
        seq: '1',
        at: '1',
        idle: later,
        abs: later,
        uid: 'eve@home.org',
        createdAt: '1',
        gen,
      }
      pipeline.hset(`session:bulk-${index}`, session)
      pipeline.zadd('sessions:eve@home.org', {
        score: Number(later) - index,
        member: `bulk-${index}`,
      })
    }
    await pipeline.exec()
    expect(await list(api, token.JWT)).toHaveLength(1_000)

    const { status } = await api.send('/api/auth/sessions', {
      method: 'DELETE',
      headers: { Authorization: `Bearer ${token.JWT}` },
    })
    expect(status).toBe(204)
    expect(await api.get('/api/movies', token.JWT)).toBeProblem('invalid-token')
    expect(await api.post('/api/auth/refresh', { refresh: token.refresh })).toBeProblem(
      'invalid-refresh-token',
    )
    const next = await api.signIn(eve)
    expect(await list(api, next.JWT)).toHaveLength(1)
  })

  test('an account that is deleted and made again does not meet the sessions of the one before', async ({
    api,
    store,
  }) => {
    const uma = await account(store, 'uma@home.org')
    const [ended, left] = [await api.signIn(uma), await api.signIn(uma)]
    await api.send('/api/auth/sessions', {
      method: 'DELETE',
      headers: { Authorization: `Bearer ${ended.JWT}` },
    })
    await store.call('DEL', 'user:uma@home.org')
    await account(store, 'uma@home.org')
    for (const { JWT, refresh } of [ended, left]) {
      expect(await api.get('/api/profile', JWT)).toBeProblem('invalid-token')
      expect(await api.post('/api/auth/refresh', { refresh })).toBeProblem('invalid-refresh-token')
    }
    await api.signIn(uma)
  })

  test('beyond the cap the oldest session goes', async ({ api, store }) => {
    const kim = await account(store, 'kim@home.org')
    const oldest = await api.signIn(kim)
    const pipeline = store.redis.pipeline()
    const later = Date.now() + 180 * 86_400_000
    for (let index = 1; index < 1_000; index++) {
      pipeline.zadd('sessions:kim@home.org', {
        score: later + index * 1_000,
        member: `newer-${index}`,
      })
    }
    await pipeline.exec()
    expect((await api.get('/api/movies?limit=1', oldest.JWT)).status).toBe(200)
    const newest = await api.signIn(kim)
    expect(await api.get('/api/movies', oldest.JWT)).toBeProblem('invalid-token')
    expect((await api.get('/api/movies?limit=1', newest.JWT)).status).toBe(200)
    expect(await store.call('ZCARD', 'sessions:kim@home.org')).toBe(1_000)
    // All others end later, as after lifetimes became shorter: the new one stays all the same.
    await store.call('ZADD', 'sessions:kim@home.org', String(later), 'newer-0')
    await store.call('ZREM', 'sessions:kim@home.org', sessionOf(newest.JWT))
    const latest = await api.signIn(kim)
    expect((await api.get('/api/movies?limit=1', latest.JWT)).status).toBe(200)
  })

  test('refresh against ending: after both answers no token of the session works', async ({
    api,
    store,
  }) => {
    const max = await account(store, 'max@home.org')
    for (let trial = 0; trial < 20; trial++) {
      const { JWT, refresh } = await api.signIn(max)
      const [rotated, ended] = await Promise.all([
        api.post('/api/auth/refresh', { refresh }),
        trial % 2 === 0
          ? api.post('/api/auth/logout', { refresh })
          : api.send('/api/auth/sessions', {
              method: 'DELETE',
              headers: { Authorization: `Bearer ${JWT}` },
            }),
      ])
      expect(ended.status).toBe(204)
      const tokens = rotated.status === 200 ? [JWT, rotated.body.JWT] : [JWT]
      for (const token of tokens)
        expect(await api.get('/api/movies', token)).toBeProblem('invalid-token')
      const last = rotated.status === 200 ? rotated.body.refresh : refresh
      expect(await api.post('/api/auth/refresh', { refresh: last })).toBeProblem(
        'invalid-refresh-token',
      )
    }
  })
})
