import { account } from '../test/support/accounts.ts'
import type { Answer } from '../test/support/api.ts'
import { expect, type TestStore, test } from '../test/support/fixtures.ts'
import { tokenOf } from '../test/support/outbox.ts'

/** Every value of the store with its key; a member of a sorted set and its score count as values. */
async function everyValue(store: TestStore): Promise<[key: string, value: string][]> {
  const values: [string, string][] = []
  for (const key of (await store.call('KEYS', '*')) as string[]) {
    const read: Record<string, string[]> = {
      string: ['GET', key],
      hash: ['HGETALL', key],
      zset: ['ZRANGE', key, '0', '-1', 'WITHSCORES'],
      list: ['LRANGE', key, '0', '-1'],
      set: ['SMEMBERS', key],
      stream: ['XRANGE', key, '-', '+'],
    }
    const type = String(await store.call('TYPE', key))
    // Gone since, or a key of another test that is no UTF-8.
    if (type === 'none') continue
    const command = read[type]
    if (command === undefined) throw new Error(`${key} has a type that nobody looks into`)
    for (const value of [await store.call(...command)].flat(3)) values.push([key, String(value)])
  }
  return values
}

test('after all that an account can do, neither store nor log holds a secret or an address', async ({
  api,
  store,
  outbox,
  server,
}) => {
  const user = 'secretive@home.org'
  const passwords = ['the first password', 'the second password', 'the third password'] as const
  const wrong = 'a password that is wrong'
  const answers: Answer[] = []
  const post = async (path: string, body: unknown, token?: string): Promise<Answer> => {
    const answer = await api.post(path, body, token)
    answers.push(answer)
    return answer
  }

  await post('/api/auth/register', { user, password: passwords[0] })
  const verify = tokenOf(await outbox.next(user))
  await post('/api/auth/email/verify', { token: verify })
  await post('/api/auth/signin', { user, password: wrong })
  await post('/api/auth/register', { user, password: wrong })
  const first = (await post('/api/auth/signin', { user, password: passwords[0] })).body
  const next = (await post('/api/auth/refresh', { refresh: first.refresh })).body
  const change = { current: passwords[0], password: passwords[1] }
  expect((await post('/api/auth/password', change, next.JWT)).status).toBe(204)
  await post('/api/auth/password/forgot', { user })
  const reset = tokenOf(await outbox.next(user, 'Choose a new password'))
  await post('/api/auth/password/forgot', { user })
  const newest = tokenOf(await outbox.next(user, 'Choose a new password'))
  await post('/api/auth/password/reset', { token: reset, password: wrong })
  const done = await post('/api/auth/password/reset', { token: newest, password: passwords[2] })
  expect(done.status).toBe(204)
  const login = await post('/api/auth/login', { user, password: passwords[2] })
  const cookies = login.headers.getSetCookie().map((line) => line.split(/[=;]/)[1] ?? '')
  await post('/api/auth/password/forgot', { user: 'stranger@home.org' })
  await post('/api/auth/password/forgot', { user })
  const unused = tokenOf(await outbox.next(user, 'Choose a new password'))
  await api.get(`/api/movies?token=${next.JWT}`, next.JWT)
  await api.get(`/api/users/${encodeURIComponent(user)}`, first.JWT)
  const last = (await post('/api/auth/signin', { user, password: passwords[2] })).body
  await account(store, 'operated@home.org')

  const tokens = [first, next, last].flatMap(({ JWT, refresh }) => [JWT, refresh])
  const secrets = [...tokens, ...cookies, ...passwords, wrong, verify, reset, newest, unused]
  expect(new Set(secrets).size).toBe(secrets.length)
  expect(secrets.every((secret) => secret.length >= 16)).toBe(true)
  // A part of a token that is shared by all would prove nothing: what is looked for is signatures.
  const needles = secrets.map((secret) => secret.split('.').at(-1) ?? '')

  // One assertion over all: tens of thousands of single ones would take the runner minutes.
  const leaks = (await everyValue(store)).filter(
    ([key, value]) =>
      needles.some((needle) => key.includes(needle) || value.includes(needle)) ||
      // The account's own id is no secret of the store: it names the account.
      (value !== user && /(secretive|stranger)@home\.org/.test(value)),
  )
  expect(leaks).toEqual([])
  const log = server.output()
  expect(log).toContain('"event":"request"')
  for (const needle of needles) expect(log).not.toContain(needle)
  expect(log).not.toMatch(/(secretive|stranger)(@|%40)home\.org/)
})
