import { account } from '../../test/support/accounts.ts'
import { expect, test } from '../../test/support/fixtures.ts'

const PASSWORD = 'a long enough one'

test.describe('POST /api/auth/password', () => {
  test('204; the old password is gone, every other session has ended, this one goes on', async ({
    api,
    store,
  }) => {
    const ann = await account(store, 'ann@home.org')
    const [mine, other] = [await api.signIn(ann), await api.signIn(ann)]
    const change = { current: 'password', password: PASSWORD }
    const { status, text } = await api.post('/api/auth/password', change, mine.JWT)
    expect([status, text]).toEqual([204, ''])

    expect((await api.get('/api/profile', mine.JWT)).status).toBe(200)
    expect((await api.post('/api/auth/refresh', { refresh: mine.refresh })).status).toBe(200)
    expect(await api.get('/api/profile', other.JWT)).toBeProblem('invalid-token')
    expect(await api.post('/api/auth/refresh', { refresh: other.refresh })).toBeProblem(
      'invalid-refresh-token',
    )
    expect(await api.post('/api/auth/signin', ann)).toBeProblem('invalid-credentials')
    const next = await api.signIn({ user: ann.user, password: PASSWORD })
    const { body } = await api.get('/api/auth/sessions', next.JWT)
    expect(body.data).toHaveLength(2)
  })

  test('401 invalid-credentials without the current one, and nothing has changed', async ({
    api,
    store,
  }) => {
    const ben = await account(store, 'ben@home.org')
    const { JWT } = await api.signIn(ben)
    const answer = await api.post(
      '/api/auth/password',
      { current: 'guess', password: PASSWORD },
      JWT,
    )
    expect(answer).toBeProblem('invalid-credentials')
    await api.signIn(ben)
  })

  test('422 for a password that is short, long, common, or made of the service’s name or the own address', async ({
    api,
    store,
  }) => {
    const cleo = await account(store, 'cleo-the-cat@home.org')
    const { JWT } = await api.signIn(cleo)
    for (const password of [
      'seven77',
      'é'.repeat(37),
      'Password123',
      'Password-2026!',
      'usherusher',
      'Usher-2026!',
      'cleo-the-cat',
      'CLEO-the-cat@home.org',
      12345678,
    ]) {
      const answer = await api.post('/api/auth/password', { current: 'password', password }, JWT)
      expect(answer, String(password)).toBeProblem('validation-error', {
        errors: [{ pointer: '#/password' }],
      })
    }
    await api.signIn(cleo)
  })

  test('a sign-in or a refresh that races with the change leaves no session of the old password', async ({
    api,
    store,
  }) => {
    const dan = await account(store, 'dan@home.org')
    const { JWT, refresh } = await api.signIn(dan)
    const other = await api.signIn(dan)
    const [changed, signedIn, refreshed] = await Promise.all([
      api.post('/api/auth/password', { current: 'password', password: PASSWORD }, JWT),
      api.post('/api/auth/signin', dan),
      api.post('/api/auth/refresh', { refresh: other.refresh }),
    ])
    expect(changed.status).toBe(204)
    const tokens = [other.JWT, signedIn.body.JWT, refreshed.body.JWT].filter(
      (token) => token !== undefined,
    )
    for (const token of tokens)
      expect(await api.get('/api/profile', token)).toBeProblem('invalid-token')
    expect((await api.post('/api/auth/refresh', { refresh })).status).toBe(200)
  })
})

test.describe('/api/profile', () => {
  test('GET shows the own account, and nothing else of the hash', async ({ api, store }) => {
    const fay = await account(store, 'fay@home.org')
    const { JWT } = await api.signIn(fay)
    await api.get('/api/profile', JWT)
    const { status, body, headers } = await api.get('/api/profile', JWT)
    expect(status).toBe(200)
    expect(body).toEqual({
      id: expect.stringMatching(/^u_[0-9A-Za-z]{16,}$/),
      user: 'fay@home.org',
      level: 0,
      plan: 'free',
      emailVerified: true,
      createdAt: new Date(1_790_000_000_000).toISOString(),
    })
    expect(headers.get('server-timing')).toContain('desc="1 trips, 2 commands"')
  })

  test('PATCH changes the name; a level, an address or a verification in the body is 422', async ({
    api,
    store,
  }) => {
    const gil = await account(store, 'gil@home.org')
    const { JWT } = await api.signIn(gil)
    const patch = (body: string) =>
      api.send('/api/profile', {
        method: 'PATCH',
        headers: { 'Content-Type': 'application/json', Authorization: `Bearer ${JWT}` },
        body,
      })
    expect((await patch('{"name":" Gil e\u0301 "}')).body).toMatchObject({
      user: 'gil@home.org',
      name: ' Gil e\u0301 ',
    })
    // As it was sent: a name is somebody's own.
    expect((await api.get('/api/profile', JWT)).body.name).toBe(' Gil e\u0301 ')
    for (const body of [
      '{"level":9}',
      '{"name":"x","level":9}',
      '{"name":"x","emailVerified":true}',
      '{"name":"x","__proto__":{}}',
      '{"name":"\\u0000"}',
      `{"name":"${'x'.repeat(101)}"}`,
      '[]',
    ]) {
      expect(await patch(body), body).toBeProblem('validation-error')
    }
    expect((await patch('{"name":""}')).body.name).toBeUndefined()
    expect(await store.call('HGET', 'user:gil@home.org', 'level')).toBe('0')
  })
})
