import { account } from '../../test/support/accounts.ts'
import type { Api } from '../../test/support/api.ts'
import { expect, type TestStore, test } from '../../test/support/fixtures.ts'
import { type Outbox, tokenOf } from '../../test/support/outbox.ts'

const PASSWORD = 'a long enough one'

async function forgotten(
  api: Api,
  store: TestStore,
  outbox: Outbox,
  user: string,
): Promise<{ user: string; password: string; token: string }> {
  const credentials = await account(store, user)
  const answer = await api.post('/api/auth/password/forgot', { user })
  expect(answer.status, answer.text).toBe(202)
  return { ...credentials, token: tokenOf(await outbox.next(user)) }
}

test.describe('POST /api/auth/password/forgot', () => {
  test('202 in the same bytes and trips for a known, unknown, disabled and impossible address', async ({
    api,
    store,
    outbox,
  }) => {
    await forgotten(api, store, outbox, 'fred@home.org')
    await account(store, 'gone@home.org', { disabled: '1' })
    const count = outbox.mails.length
    const shown: unknown[] = []
    for (const user of ['gone@home.org', 'never@home.org', 'a:b', '', 'fred@home.org']) {
      const { status, text, headers } = await api.post('/api/auth/password/forgot', { user })
      const names = [...headers].filter(
        ([name]) => !/^(date|x-request-id|server-timing|ratelimit)$/.test(name),
      )
      const trips = headers.get('server-timing')?.replace(/dur=[\d.]+/, '')
      shown.push({ status, text, names, trips })
    }
    expect(new Set(shown.map((answer) => JSON.stringify(answer))).size).toBe(1)
    await outbox.next('fred@home.org')
    expect(outbox.mails.length).toBe(count + 1)
  })
})

test.describe('POST /api/auth/password/reset', () => {
  test('204; the new password signs in, the old one does not, and every session has ended', async ({
    api,
    store,
    outbox,
  }) => {
    const { token, ...old } = await forgotten(api, store, outbox, 'rita@home.org')
    const { JWT, refresh } = await api.signIn(old)
    expect(await store.call('PTTL', `once:${await hashOf(token)}`)).toBeGreaterThan(1_700_000)
    const answer = await api.post('/api/auth/password/reset', { token, password: PASSWORD })
    expect([answer.status, answer.text]).toEqual([204, ''])
    expect(await api.get('/api/profile', JWT)).toBeProblem('invalid-token')
    expect(await api.post('/api/auth/refresh', { refresh })).toBeProblem('invalid-refresh-token')
    expect(await api.post('/api/auth/signin', old)).toBeProblem('invalid-credentials')
    await api.signIn({ user: old.user, password: PASSWORD })
  })

  test('one of ten parallel tries with a token succeeds', async ({ api, store, outbox }) => {
    const { token, user } = await forgotten(api, store, outbox, 'ten@home.org')
    const passwords = Array.from({ length: 10 }, (_, index) => `${PASSWORD} ${index}`)
    const answers = await Promise.all(
      passwords.map((password) => api.post('/api/auth/password/reset', { token, password })),
    )
    const statuses = answers.map(({ status }) => status)
    expect(statuses.toSorted()).toEqual([204, ...Array(9).fill(401)])
    await api.signIn({ user, password: passwords[statuses.indexOf(204)] ?? '' })
    const again = await api.post('/api/auth/password/reset', { token, password: PASSWORD })
    expect(again).toBeProblem('invalid-token')
  })

  test('an older token is void after a newer one, and every one after a password change', async ({
    api,
    store,
    outbox,
  }) => {
    const first = await forgotten(api, store, outbox, 'older@home.org')
    await api.post('/api/auth/password/forgot', { user: 'older@home.org' })
    const second = tokenOf(await outbox.next('older@home.org'))
    const reset = (token: string) =>
      api.post('/api/auth/password/reset', { token, password: PASSWORD })
    expect((await reset(first.token)).status).toBe(401)

    const { user, password } = first
    const { JWT } = await api.signIn({ user, password })
    const change = { current: 'password', password: `${PASSWORD}, changed` }
    expect((await api.post('/api/auth/password', change, JWT)).status).toBe(204)
    expect((await reset(second)).status).toBe(401)
    await api.signIn({ user, password: change.password })
  })

  test('a refused password, a disabled account and an expired token', async ({
    api,
    store,
    outbox,
  }) => {
    const { token } = await forgotten(api, store, outbox, 'rose-marie@home.org')
    for (const password of ['short', 'rose-marie', 'password123']) {
      const answer = await api.post('/api/auth/password/reset', { token, password })
      expect(answer, password).toBeProblem('validation-error')
    }
    // Refusals used nothing up.
    await store.call('HSET', 'user:rose-marie@home.org', 'disabled', '1')
    const disabled = await api.post('/api/auth/password/reset', { token, password: PASSWORD })
    expect(disabled).toBeProblem('invalid-token')
    const late = await forgotten(api, store, outbox, 'late@home.org')
    await store.call('PEXPIRE', `once:${await hashOf(late.token)}`, '0')
    for (const old of [late.token, '', 'x', `${late.token}=`]) {
      const answer = await api.post('/api/auth/password/reset', { token: old, password: PASSWORD })
      expect(answer, old).toBeProblem('invalid-token')
    }
  })

  test('a registration that waits is confirmed by it; a token of one kind is none of the other', async ({
    api,
    store,
    outbox,
  }) => {
    const user = 'both@home.org'
    await api.post('/api/auth/register', { user, password: PASSWORD })
    const verify = tokenOf(await outbox.next(user))
    const reset = (token: string, password: string) =>
      api.post('/api/auth/password/reset', { token, password })
    expect((await reset(verify, PASSWORD)).status).toBe(401)
    await api.post('/api/auth/password/forgot', { user })
    const mail = await outbox.next(user)
    expect(mail.subject).toBe('Confirm your address')
    const password = `${PASSWORD}, mine`
    const token = tokenOf(mail)
    expect((await api.post('/api/auth/email/verify', { token, password })).status).toBe(204)
    await api.signIn({ user, password })

    const other = await forgotten(api, store, outbox, 'other-kind@home.org')
    const wrong = { token: other.token, password: PASSWORD }
    expect((await api.post('/api/auth/email/verify', wrong)).status).toBe(401)
    expect((await reset(other.token, PASSWORD)).status).toBe(204)
  })

  test('every API key ends with a reset; with a change when it is asked for; the owner is told', async ({
    api,
    store,
    outbox,
  }) => {
    const user = 'keyed@home.org'
    const { token, password } = await forgotten(api, store, outbox, user)
    const make = async (JWT: string): Promise<{ id: string; key: string }> =>
      (await api.post('/api/keys', { name: 'K', scopes: ['movies:read'] }, JWT)).body
    const opens = async (key: string): Promise<number> =>
      (await api.send('/api/movies?limit=1', { headers: { 'X-API-Key': key } })).status
    const before = await make((await api.signIn({ user, password })).JWT)
    const reset = await api.post('/api/auth/password/reset', { token, password: PASSWORD })
    expect(reset.status).toBe(204)
    expect(reset.headers.get('usher-keys-ended')).toBe('1')
    expect(await opens(before.key)).toBe(401)
    expect((await outbox.next(user)).text).toContain(
      'Every session has ended; one API key ended too.',
    )
    await expect.poll(() => store.call('EXISTS', `key:${before.id}`)).toBe(0)

    const { JWT } = await api.signIn({ user, password: PASSWORD })
    const kept = await make(JWT)
    const change = (current: string, next: string, more = {}) =>
      api.post('/api/auth/password', { current, password: next, ...more }, JWT)
    const first = await change(PASSWORD, `${PASSWORD} 2`)
    expect([first.status, first.headers.get('usher-keys-left')]).toEqual([204, '1'])
    expect(await opens(kept.key)).toBe(200)
    expect((await outbox.next(user)).text).toContain('Your account still has one API key in use.')
    const second = await change(`${PASSWORD} 2`, `${PASSWORD} 3`, { endKeys: true })
    expect([second.status, second.headers.get('usher-keys-ended')]).toEqual([204, '1'])
    expect(await opens(kept.key)).toBe(401)
    expect((await api.get('/api/keys', JWT)).body.data).toEqual([])
    expect(await opens((await make(JWT)).key)).toBe(200)
  })
})

async function hashOf(token: string): Promise<string> {
  const digest = await crypto.subtle.digest('SHA-256', new TextEncoder().encode(token))
  return Buffer.from(digest).toString('base64url')
}
