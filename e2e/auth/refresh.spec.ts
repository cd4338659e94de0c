import { sessionOf } from '../../test/support/accounts.ts'
import { expect, test } from '../../test/support/fixtures.ts'

test.describe('POST /api/auth/refresh', () => {
  test('200 with a rotated pair, under both paths and both names', async ({ api }) => {
    const first = await api.signIn()
    const { status, body } = await api.post('/api/auth/refresh', { refresh: first.refresh })
    expect(status).toBe(200)
    expect(body).toMatchObject({
      message: 'Token Refreshed',
      content: { user: 'me@home.org', level: 0 },
    })
    expect(body.refresh).not.toBe(first.refresh)
    const again = await api.post('/v1/auth/refresh', { refreshToken: body.refresh })
    expect(again.status).toBe(200)
    expect((await api.get('/api/movies/Pulp%20Fiction', again.body.JWT)).status).toBe(200)
  })

  test('50 parallel refreshes with one token give one rotation and 50 equal refresh values', async ({
    api,
    store,
  }) => {
    const { refresh, JWT } = await api.signIn()
    const answers = await Promise.all(
      Array.from({ length: 50 }, () => api.post('/api/auth/refresh', { refresh })),
    )
    expect(answers.map(({ status }) => status)).toEqual(Array(50).fill(200))
    expect(new Set(answers.map(({ body }) => body.refresh)).size).toBe(1)
    expect(await store.call('HGET', `session:${sessionOf(JWT)}`, 'seq')).toBe('2')
  })

  test('a refresh whose answer was lost can be repeated', async ({ api, store }) => {
    const { refresh, JWT } = await api.signIn()
    store.proxy.fault = 'lose'
    store.proxy.only = /'rotated'/
    const lost = await api.post('/api/auth/refresh', { refresh })
    expect(lost).toBeProblem('service-unavailable')
    store.proxy.fault = 'none'
    const first = await api.post('/api/auth/refresh', { refresh })
    const repeated = await api.post('/api/auth/refresh', { refresh })
    expect([first.status, repeated.status]).toEqual([200, 200])
    expect(first.body.refresh).toBe(repeated.body.refresh)
    expect(await store.call('HGET', `session:${sessionOf(JWT)}`, 'st')).toBe('live')
  })

  test('401 invalid-refresh-token for an older token, and the session ends for everybody', async ({
    api,
  }) => {
    const first = await api.signIn()
    const second = (await api.post('/api/auth/refresh', { refresh: first.refresh })).body
    const third = (await api.post('/api/auth/refresh', { refresh: second.refresh })).body
    const reused = await api.post('/api/auth/refresh', { refresh: first.refresh })
    expect(reused).toBeProblem('invalid-refresh-token')
    const own = await api.post('/api/auth/refresh', { refresh: third.refresh })
    expect(own).toBeProblem('invalid-refresh-token')
    const read = await api.get('/api/movies/Pulp%20Fiction', third.JWT)
    expect(read).toBeProblem('invalid-token')
  })

  test('401 for an access token, garbage, another spelling and a disabled account', async ({
    api,
    store,
  }) => {
    const { refresh, JWT } = await api.signIn()
    for (const token of [JWT, 'garbage', '', `${refresh}=`, ` ${refresh}`, `${refresh}.x`]) {
      const answer = await api.post('/api/auth/refresh', { refresh: token })
      expect(answer, token.slice(-8)).toBeProblem('invalid-refresh-token')
    }
    await store.call('HSET', 'user:me@home.org', 'disabled', '1')
    const disabled = await api.post('/api/auth/refresh', { refresh })
    const read = await api.get('/api/movies?limit=1', JWT)
    expect(read).toBeProblem('invalid-token')
    await store.call('HDEL', 'user:me@home.org', 'disabled')
    expect(disabled).toBeProblem('invalid-refresh-token')
    expect((await api.post('/api/auth/refresh', { refresh })).status).toBe(200)
  })

  test('a level changed in the store is in the next token, and in force before it', async ({
    api,
    store,
  }) => {
    const { refresh, JWT } = await api.signIn()
    const hash = { password: 'a password of mine' }
    expect((await api.post('/api/auth/generatepassword', hash, JWT)).status).toBe(403)
    await store.call('HSET', 'user:me@home.org', 'level', '9')
    expect((await api.post('/api/auth/generatepassword', hash, JWT)).status).toBe(200)
    expect((await api.post('/api/auth/refresh', { refresh })).body.content.level).toBe(9)
    await store.call('HSET', 'user:me@home.org', 'level', '0')
    const demoted = await api.post('/api/auth/generatepassword', hash, JWT)
    expect(demoted).toBeProblem('insufficient-scope')
  })
})
