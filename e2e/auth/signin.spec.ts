import { ME } from '../../test/support/api.ts'
import { expect, test } from '../../test/support/fixtures.ts'

test.describe('POST /api/auth/signin', () => {
  test('200 with a token pair in the shape of the contract', async ({ api }) => {
    const { status, body, headers } = await api.post('/api/auth/signin', ME)
    expect(status).toBe(200)
    expect(body).toEqual({
      message: 'Logged in',
      content: { user: 'me@home.org', level: 0 },
      JWT: expect.stringMatching(/^[\w-]+\.[\w-]+\.[\w-]+$/),
      refresh: expect.stringMatching(/^[\w-]+\.[\w-]+\.[\w-]+$/),
      tokenType: 'Bearer',
      expiresIn: 3600,
      refreshExpiresIn: 2592000,
    })
    expect(headers.get('cache-control')).toBe('no-store')
  })

  test('200 under the older path, with the alias email, and however the address is typed', async ({
    api,
  }) => {
    const bodies = [
      { email: 'me@home.org', password: 'password' },
      { user: '  ME@Home.ORG ', password: 'password' },
    ]
    for (const body of bodies) {
      expect((await api.post('/v1/auth/signin', body)).status).toBe(200)
    }
  })

  test('401 invalid-credentials, the same bytes, for every way not to get in', async ({
    api,
    store,
  }) => {
    const { users } = store
    const hash = String(await store.call('HGET', 'user:me@home.org', 'password'))
    await store.call(
      'HSET',
      'user:disabled@home.org',
      'password',
      hash,
      'level',
      '0',
      'disabled',
      '1',
    )
    await store.call('HSET', 'user:fresh@home.org', 'password', hash, 'emailVerified', '0')
    await store.call('HSET', 'user:typed-off@home.org', 'password', hash, 'disabled', 'true')
    await store.call('HSET', 'user:keyless@home.org', 'level', '0')
    await store.call('HSET', 'user:broken@home.org', 'password', '$2b$99$nothash', 'level', '0')
    expect(users).toHaveLength(3)
    const attempts = [
      { user: 'me@home.org', password: 'Password' },
      { user: 'me@home.org', password: '' },
      { user: 'me@home.org', password: `password${'x'.repeat(200)}` },
      { user: 'nobody@home.org', password: 'password' },
      { user: 'disabled@home.org', password: 'password' },
      { user: 'fresh@home.org', password: 'password' },
      { user: 'typed-off@home.org', password: 'password' },
      { user: 'keyless@home.org', password: 'password' },
      { user: 'broken@home.org', password: '$2b$99$nothash' },
      { user: '*', password: 'password' },
      { user: 'me@home.org:x', password: 'password' },
      { user: '', password: 'password' },
    ]
    const seen = new Set<string>()
    for (const attempt of attempts) {
      const answer = await api.post('/api/auth/signin', attempt)
      expect(answer, JSON.stringify(attempt)).toBeProblem('invalid-credentials')
      expect(answer.headers.get('www-authenticate')).toBe('Bearer realm="usher"')
      seen.add(JSON.stringify({ ...answer.body, requestId: '' }))
    }
    expect(seen.size).toBe(1)
  })

  test('a password that bcrypt would cut at 72 bytes is refused, not cut', async ({
    api,
    store,
  }) => {
    const admin = store.users.find(({ level }) => level === 9)
    const { JWT } = await api.signIn({ user: 'admin@home.org', password: admin?.password ?? '' })
    const longest = 'a'.repeat(72)
    const { body } = await api.post('/api/auth/generatepassword', { password: longest }, JWT)
    await store.call('HSET', 'user:long@home.org', 'password', body.password)
    const signIn = (password: string) =>
      api.post('/api/auth/signin', { user: 'long@home.org', password })
    expect((await signIn(longest)).status).toBe(200)
    expect((await signIn(`${longest}b`)).status).toBe(401)
  })

  test('a hash typed by hand, without a level, signs in and reads as level 0', async ({
    api,
    store,
  }) => {
    const hash = String(await store.call('HGET', 'user:me@home.org', 'password'))
    await store.call('HSET', 'user:typed@home.org', 'password', hash)
    const { JWT, content } = await api.signIn({ user: 'typed@home.org', password: 'password' })
    expect(content).toEqual({ user: 'typed@home.org', level: 0 })
    expect((await api.get('/api/movies/Pulp%20Fiction', JWT)).status).toBe(200)
  })

  test('a stale Authorization header does not stop a sign-in', async ({ api }) => {
    expect((await api.post('/api/auth/signin', ME, 'stale.token.here')).status).toBe(200)
  })

  test('422 validation-error names each place and repeats no value', async ({ api }) => {
    const faulty: [unknown, string[]][] = [
      [{}, ['#/password', '#/user']],
      [{ user: 'me@home.org' }, ['#/password']],
      [{ user: 5, password: 'secret-value' }, ['#/user']],
      [{ ...ME, level: 9 }, ['#/level']],
      [{ ...ME, email: 'me@home.org' }, ['#/email']],
      [{ user: 'a', email: 'b' }, ['#/email', '#/password']],
      [[], ['#', '#/user']],
      ['secret-value', ['#']],
      [null, ['#']],
    ]
    for (const [body, pointers] of faulty) {
      const answer = await api.post('/api/auth/signin', body)
      expect(answer, JSON.stringify(body)).toBeProblem('validation-error')
      const named = answer.body.errors.map((fault: { pointer: string }) => fault.pointer)
      expect(named.sort()).toEqual(pointers)
      expect(answer.text).not.toContain('secret-value')
    }
    const proto = await api.send('/api/auth/signin', {
      method: 'POST',
      headers: { 'Content-Type': 'application/json' },
      body: '{"user":"me@home.org","password":"password","__proto__":{"level":9}}',
    })
    expect(proto).toBeProblem('validation-error')
  })
})
