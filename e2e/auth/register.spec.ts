import { createHash } from 'node:crypto'
import { account } from '../../test/support/accounts.ts'
import { expect, test } from '../../test/support/fixtures.ts'
import { tokenOf } from '../../test/support/outbox.ts'

const PASSWORD = 'a long enough one'

test.describe('POST /api/auth/register', () => {
  test('202, a mail, and nobody signs in before its token confirms the address', async ({
    api,
    store,
    outbox,
  }) => {
    const credentials = { user: 'reg@home.org', password: PASSWORD }
    const answer = await api.post('/api/auth/register', {
      ...credentials,
      user: ' Reg@Home.org ',
    })
    expect(answer.status, answer.text).toBe(202)
    expect(answer.headers.get('cache-control')).toBe('no-store')
    const mail = await outbox.next('reg@home.org')
    expect(mail).toMatchObject({
      from: 'Usher <usher@example.com>',
      subject: 'Confirm your address',
    })
    expect(mail.text).toContain(`${api.origin}/account/verify#token=`)
    expect(mail.html).toContain(`${api.origin}/account/verify#token=`)

    expect(await store.call('EXISTS', 'user:reg@home.org')).toBe(0)
    const early = await api.post('/api/auth/signin', credentials)
    expect(early).toBeProblem('invalid-credentials')

    const token = tokenOf(mail)
    expect(token).toMatch(/^[\w-]{43}$/)
    expect((await api.post('/api/auth/email/verify', { token })).status).toBe(204)
    const { JWT } = await api.signIn(credentials)
    const { body } = await api.get('/api/profile', JWT)
    expect(body).toMatchObject({ user: 'reg@home.org', level: 0, emailVerified: true })
    const again = await api.post('/api/auth/email/verify', { token })
    expect(again).toBeProblem('invalid-token')
  })

  test('a known address gets the same bytes and another mail, and keeps its password', async ({
    api,
    store,
    outbox,
  }) => {
    const known = await account(store, 'known@home.org')
    const before = await store.call('HGETALL', 'user:known@home.org')
    const register = (user: string) => api.post('/api/auth/register', { user, password: PASSWORD })
    const answers = [await register('known@home.org'), await register('new-one@home.org')]
    const shown = answers.map(({ status, text, headers }) => {
      const names = [...headers].filter(
        ([name]) => !/^(date|x-request-id|server-timing|ratelimit)$/.test(name),
      )
      const trips = headers.get('server-timing')?.replace(/dur=[\d.]+/, '')
      return { status, text, trips, names }
    })
    expect(shown[0]).toEqual(shown[1])
    expect((await outbox.next('known@home.org')).subject).toBe('You have an account already')
    expect(await store.call('HGETALL', 'user:known@home.org')).toEqual(before)
    await api.signIn(known)
  })

  test('every spelling of an address is one account, whose mail goes to its A-labels', async ({
    api,
    store,
    outbox,
  }) => {
    const register = await api.post('/api/auth/register', {
      user: 'User@MÜNCHEN.example',
      password: PASSWORD,
    })
    expect(register.status, register.text).toBe(202)
    const token = tokenOf(await outbox.next('user@xn--mnchen-3ya.example'))
    expect((await api.post('/api/auth/email/verify', { token })).status).toBe(204)
    for (const user of [
      'user@münchen.example',
      'user@mu\u0308nchen.example',
      'user＠xn--MNCHEN-3ya.example',
    ]) {
      const { content } = await api.signIn({ user, password: PASSWORD })
      expect(content.user).toBe('user@xn--mnchen-3ya.example')
    }
    expect(await store.call('EXISTS', 'user:user@münchen.example')).toBe(0)
  })

  test('registering again changes nothing: each link has its own password, and one is used', async ({
    api,
    outbox,
  }) => {
    const user = 'twice@home.org'
    const register = async (password: string): Promise<string> => {
      await api.post('/api/auth/register', { user, password })
      return tokenOf(await outbox.next(user))
    }
    const verify = (token: string) => api.post('/api/auth/email/verify', { token })
    const mine = await register(PASSWORD)
    // A stranger knows the address, and does not see its mail.
    const theirs = await register(`${PASSWORD}, theirs`)
    expect((await verify(mine)).status).toBe(204)
    await api.signIn({ user, password: PASSWORD })
    expect(await verify(theirs)).toBeProblem('invalid-token')
    await api.signIn({ user, password: PASSWORD })
  })

  test('a link that is void costs what a made-up one does: no password is hashed for it', async ({
    api,
    outbox,
  }) => {
    const user = 'void-link@home.org'
    const register = async (): Promise<string> => {
      await api.post('/api/auth/register', { user, password: PASSWORD })
      return tokenOf(await outbox.next(user))
    }
    const [first, second] = [await register(), await register()]
    expect((await api.post('/api/auth/email/verify', { token: first })).status).toBe(204)
    const trips = async (token: string): Promise<string | undefined> => {
      const answer = await api.post('/api/auth/email/verify', { token, password: PASSWORD })
      expect(answer).toBeProblem('invalid-token')
      return answer.headers.get('server-timing')?.replace(/dur=[\d.]+/, '')
    }
    expect(await trips(second)).toBe(await trips('a'.repeat(43)))
  })

  test('a link of an address that got an account otherwise is refused, and is not kept', async ({
    api,
    store,
    outbox,
  }) => {
    const user = 'made-meanwhile@home.org'
    await api.post('/api/auth/register', { user, password: PASSWORD })
    const token = tokenOf(await outbox.next(user))
    const known = await account(store, user)
    const kept = `registration:${createHash('sha256').update(token).digest('base64url')}`
    expect(await store.call('EXISTS', kept)).toBe(1)
    const answer = await api.post('/api/auth/email/verify', { token, password: PASSWORD })
    expect(answer).toBeProblem('invalid-token')
    expect(await store.call('EXISTS', kept)).toBe(0)
    await api.signIn(known)
  })

  test('of parallel links of one address one makes the account', async ({ api, outbox }) => {
    const user = 'several@home.org'
    const tokens: string[] = []
    for (let index = 0; index < 4; index++) {
      await api.post('/api/auth/register', { user, password: `${PASSWORD} ${index}` })
      tokens.push(tokenOf(await outbox.next(user)))
    }
    const answers = await Promise.all(
      tokens.map((token) => api.post('/api/auth/email/verify', { token })),
    )
    expect(answers.map(({ status }) => status).sort()).toEqual([204, 401, 401, 401])
    const winner = answers.findIndex(({ status }) => status === 204)
    await api.signIn({ user, password: `${PASSWORD} ${winner}` })
  })

  test('an account that waits for its address but has a level is not taken over', async ({
    api,
    store,
  }) => {
    await account(store, 'boss@home.org', { level: '9', emailVerified: '0' })
    const before = await store.call('HGETALL', 'user:boss@home.org')
    await api.post('/api/auth/email/resend', { user: 'boss@home.org' })
    const answer = await api.post('/api/auth/register', {
      user: 'boss@home.org',
      password: PASSWORD,
    })
    expect(answer.status).toBe(202)
    expect(await store.call('HGETALL', 'user:boss@home.org')).toEqual(before)
  })

  test('422 for what is no mail address, a weak password, a level or a verification', async ({
    api,
    store,
  }) => {
    for (const [body, place] of [
      [{ user: 'nobody', password: PASSWORD }, '#/user'],
      [{ user: 'a@home.org,b@home.org', password: PASSWORD }, '#/user'],
      [{ user: 'x <a@home.org>', password: PASSWORD }, '#/user'],
      [{ user: 'a:b@home.org', password: PASSWORD }, '#/user'],
      [{ user: 'a@home.org.', password: PASSWORD }, '#/user'],
      [{ user: 'us..er@home.org', password: PASSWORD }, '#/user'],
      [{ user: `${'a'.repeat(65)}@home.org`, password: PASSWORD }, '#/user'],
      [{ user: `a@${'b'.repeat(64)}.org`, password: PASSWORD }, '#/user'],
      [{ user: 'a@192.0.2.1', password: PASSWORD }, '#/user'],
      [{ user: 'a@ho\u00adme.org', password: PASSWORD }, '#/user'],
      [{ user: 'a\u200bb@home.org', password: PASSWORD }, '#/user'],
      [{ user: 'a\ud800@home.org', password: PASSWORD }, '#/user'],
      [{ user: 'a%b@home.org', password: PASSWORD }, '#/user'],
      [{ user: 'a@', password: PASSWORD }, '#/user'],
      [{ user: `${'a'.repeat(250)}@home.org`, password: PASSWORD }, '#/user'],
      [{ user: 'weak@home.org', password: 'password1' }, '#/password'],
      [{ user: 'weak-one@home.org', password: 'weak-one' }, '#/password'],
      [{ user: 'weak@home.org', password: 'short' }, '#/password'],
      [{ user: 'weak@home.org', password: 'é'.repeat(37) }, '#/password'],
      [{ user: 'weak@home.org', password: PASSWORD, level: 9 }, '#/level'],
      [{ user: 'weak@home.org', password: PASSWORD, emailVerified: true }, '#/emailVerified'],
      [{ password: PASSWORD }, '#/user'],
    ] as const) {
      const answer = await api.post('/api/auth/register', body)
      expect(answer, JSON.stringify(body)).toBeProblem('validation-error', {
        errors: [{ pointer: place }],
      })
    }
    expect(await store.call('EXISTS', 'user:weak@home.org')).toBe(0)
    const proto = await api.send('/api/auth/register', {
      method: 'POST',
      headers: { 'Content-Type': 'application/json' },
      body: `{"user":"weak@home.org","password":"${PASSWORD}","__proto__":{"level":9}}`,
    })
    expect(proto).toBeProblem('validation-error')
  })

  test('a mail service that fails is asked again in the background, under one idempotency key', async ({
    api,
    outbox,
  }) => {
    outbox.answers.push(503)
    const before = outbox.attempts.length
    const answer = await api.post('/api/auth/register', {
      user: 'slow-mail@home.org',
      password: PASSWORD,
    })
    expect(answer.status).toBe(202)
    await outbox.next('slow-mail@home.org')
    const keys = outbox.attempts.slice(before).map((headers) => headers['idempotency-key'])
    expect(keys).toHaveLength(2)
    expect(keys[0]).toBe(keys[1])
    expect(keys[0]).toMatch(/^[\w-]{36}$/)
  })
})

test('an address that is deleted and registered again does not meet the sessions of before', async ({
  api,
  store,
  outbox,
}) => {
  const user = 'reborn@home.org'
  const enter = async (): Promise<void> => {
    await api.post('/api/auth/register', { user, password: PASSWORD })
    const token = tokenOf(await outbox.next(user))
    expect((await api.post('/api/auth/email/verify', { token })).status).toBe(204)
  }
  await enter()
  const before = await api.signIn({ user, password: PASSWORD })
  await store.call('DEL', `user:${user}`)
  await enter()
  expect(await api.get('/api/profile', before.JWT)).toBeProblem('invalid-token')
  expect(await api.post('/api/auth/refresh', { refresh: before.refresh })).toBeProblem(
    'invalid-refresh-token',
  )

  // Nor does one whose registration is renewed while a session of it lives.
  const living = await api.signIn({ user, password: PASSWORD })
  await store.call('HSET', `user:${user}`, 'emailVerified', '0')
  await api.post('/api/auth/register', { user, password: PASSWORD })
  const token = tokenOf(await outbox.next(user))
  expect((await api.post('/api/auth/email/verify', { token })).status).toBe(204)
  expect(await api.get('/api/profile', living.JWT)).toBeProblem('invalid-token')
})

test.describe('POST /api/auth/email/resend', () => {
  test('a link that was asked for again carries no password; for the unknown and the verified no mail', async ({
    api,
    store,
    outbox,
  }) => {
    const user = 'again@home.org'
    await api.post('/api/auth/register', { user, password: PASSWORD })
    const first = tokenOf(await outbox.next(user))
    const sent = await api.post('/api/auth/email/resend', { user })
    expect(sent.status).toBe(202)
    const second = tokenOf(await outbox.next(user))

    await account(store, 'done@home.org')
    const count = outbox.mails.length
    for (const user of ['unknown@home.org', 'done@home.org', 'not an address', '']) {
      const answer = await api.post('/api/auth/email/resend', { user })
      expect([answer.status, answer.text], user).toEqual([202, sent.text])
    }
    expect(outbox.mails.length).toBe(count)

    const verify = (body: object) => api.post('/api/auth/email/verify', body)
    const bare = await verify({ token: second })
    expect(bare).toBeProblem('validation-error', { errors: [{ pointer: '#/password' }] })
    const weak = await verify({ token: second, password: 'password1' })
    expect(weak).toBeProblem('validation-error')
    const password = `${PASSWORD}, mine`
    expect((await verify({ token: second, password })).status).toBe(204)
    await api.signIn({ user, password })
    expect((await verify({ token: first })).status).toBe(401)
    const old = await api.post('/api/auth/signin', { user, password: PASSWORD })
    expect(old.status).toBe(401)
  })

  test('signed in it needs no body; with neither a credential nor a user it is 401', async ({
    api,
  }) => {
    const { JWT } = await api.signIn()
    const own = await api.send('/api/auth/email/resend', {
      method: 'POST',
      headers: { Authorization: `Bearer ${JWT}` },
    })
    expect(own.status).toBe(202)
    const nobody = await api.send('/api/auth/email/resend', { method: 'POST' })
    expect(nobody).toBeProblem('authentication-required')
    const text = await api.send('/api/auth/email/resend', { method: 'POST', body: 'user=x' })
    expect(text).toBeProblem('unsupported-media-type')
  })
})

test('the store has the hash of a one-time token, and the log has no address and no token', async ({
  api,
  store,
  outbox,
  server,
}) => {
  await api.post('/api/auth/register', { user: 'hidden@home.org', password: PASSWORD })
  const token = tokenOf(await outbox.next('hidden@home.org'))
  const hash = createHash('sha256').update(token).digest('base64url')
  expect(await store.call('HGET', `registration:${hash}`, 'user')).toBe('hidden@home.org')
  expect(Number(await store.call('PTTL', `registration:${hash}`))).toBeGreaterThan(86_000_000)
  await expect.poll(() => server.output()).toContain('mail.sent')
  expect(server.output()).not.toContain('hidden@home.org')
  expect(server.output()).not.toContain(token)
})
