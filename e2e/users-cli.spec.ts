import { account, leaveOneAdmin } from '../test/support/accounts.ts'
import { Api } from '../test/support/api.ts'
import { expect, test } from '../test/support/fixtures.ts'
import { runProgram } from '../test/support/processes.ts'

test('npm run users adds, lists, promotes, disables, enables, sets passwords and ends sessions', async ({
  server,
  store,
}) => {
  const users = (...args: string[]) =>
    runProgram(process.execPath, ['local/run.mjs', 'users', ...args], {
      PATH: process.env['PATH'],
      UPSTASH_REDIS_REST_URL: store.gateway.url,
      UPSTASH_REDIS_REST_TOKEN: store.gateway.token,
    })
  const api = new Api(server.origin)

  const added = await users('add', ' Operator@Home.org', '--level', '5')
  const password = /operator@home\.org \/ (\S+) {2}level 5/.exec(added.output)?.[1] ?? ''
  const account = { user: 'operator@home.org', password }
  const { JWT } = await api.signIn(account)
  expect((await users('add', 'operator@home.org')).output).toContain('is there already')
  const { output } = await users('list')
  expect(output).toMatch(/^operator@home\.org {2}level 5$/m)
  // First of all, and without the token.
  expect(output.indexOf(`The store is the database at ${new URL(store.gateway.url).host}.\n`)).toBe(
    0,
  )
  expect(output).not.toContain(store.gateway.token)
  expect((await users('sessions', 'operator@home.org')).output).toContain('1 live sessions.')

  await users('level', 'operator@home.org', '0')
  expect((await api.get('/api/profile', JWT)).body.level).toBe(0)
  expect((await users('plan', 'operator@home.org', 'gold')).output).toContain(
    'A plan is one of free, pro, unlimited.',
  )
  await users('plan', 'operator@home.org', 'pro')
  expect((await api.get('/api/profile', JWT)).body.plan).toBe('pro')
  expect((await users('list')).output).toMatch(/^operator@home\.org {2}level 0 {2}plan pro$/m)
  await users('plan', 'operator@home.org', 'free')
  await users('disable', 'operator@home.org')
  expect(await api.get('/api/profile', JWT)).toBeProblem('invalid-token')
  expect((await users('list')).output).toMatch(/^operator@home\.org {2}level 0 {2}disabled$/m)
  await users('enable', 'operator@home.org')
  const again = await api.signIn(account)
  await users('password', 'operator@home.org', '--password', 'another long one')
  expect(await api.get('/api/profile', again.JWT)).toBeProblem('invalid-token')
  const last = await api.signIn({ ...account, password: 'another long one' })
  const nobody = await users('sessions', 'nobody@home.org')
  expect(nobody.code).toBe(1)
  expect(nobody.output).toContain('nobody@home.org')
  await users('sessions', 'operator@home.org', '--end')
  expect(await api.get('/api/profile', last.JWT)).toBeProblem('invalid-token')
})

test('npm run users confirms, unlocks, exports and deletes accounts, and ends API keys', async ({
  server,
  store,
}) => {
  const users = (...args: string[]) =>
    runProgram(process.execPath, ['local/run.mjs', 'users', ...args], {
      PATH: process.env['PATH'],
      UPSTASH_REDIS_REST_URL: store.gateway.url,
      UPSTASH_REDIS_REST_TOKEN: store.gateway.token,
    })
  const api = new Api(server.origin)
  const user = 'managed@home.org'
  const credentials = await account(store, user, { emailVerified: '0' })
  expect(await api.post('/api/auth/signin', credentials)).toBeProblem('invalid-credentials')
  await users('verify', user)
  const { JWT } = await api.signIn(credentials)
  const { id, key } = (await api.post('/api/keys', { name: 'K', scopes: ['movies:read'] }, JWT))
    .body
  expect((await users('keys', user)).output).toContain(id)
  expect(JSON.parse((await users('export', user)).output.replace(/^[^{]*/, ''))).toMatchObject({
    account: { user },
    keys: [{ id }],
  })
  await users('keys', user, '--end-key', id)
  const opens = await api.send('/api/movies?limit=1', { headers: { 'X-API-Key': key } })
  expect(opens.status).toBe(401)
  expect((await users('unlock', user)).output).toContain(`${user} may try to sign in again.`)

  // An operator takes an address over that waits to be confirmed, and confirms it by a password.
  const pending = 'pending@home.org'
  await account(store, pending, { emailVerified: '0' })
  expect((await users('add', pending, '--password', 'another long one')).code).toBe(0)
  await api.signIn({ user: pending, password: 'another long one' })
  await store.call('HSET', `user:${pending}`, 'emailVerified', '0')
  await users('password', pending, '--password', 'yet another long one')
  await api.signIn({ user: pending, password: 'yet another long one' })

  expect((await users('delete', user)).output).toContain(`${user} is deleted`)
  expect(await api.get('/api/profile', JWT)).toBeProblem('invalid-token')
  expect(await store.call('EXISTS', `user:${user}`)).toBe(0)
  expect((await users('delete', user)).code).toBe(1)
})

test('exit 1 with a sentence for what cannot be done, 2 with the help for words it does not know', async ({
  store,
}) => {
  await leaveOneAdmin(store, 'admin@home.org')
  const users = (...args: string[]) =>
    runProgram(process.execPath, ['local/run.mjs', 'users', ...args], {
      PATH: process.env['PATH'],
      UPSTASH_REDIS_REST_URL: store.gateway.url,
      UPSTASH_REDIS_REST_TOKEN: store.gateway.token,
    })
  for (const [words, sentence] of [
    [['level', 'nobody@home.org', '5'], 'There is no account nobody@home.org.'],
    [['level', 'me@home.org', '10'], 'A level is a number from 0 to 9.'],
    [['disable', 'admin@home.org'], 'admin@home.org is the last admin.'],
    [['password', 'nobody@home.org'], 'There is no account nobody@home.org.'],
    [['add', 'a:b'], 'a:b is not an address.'],
    [
      ['add', 'x@home.org', '--password', 'password1'],
      'The password is one of the most common passwords.',
    ],
  ] as const) {
    const { code, output } = await users(...words)
    expect([code, output.trim().split('\n').at(-1)], words.join(' ')).toEqual([1, sentence])
  }
  for (const words of [
    [],
    ['nope'],
    ['add'],
    ['list', 'x'],
    ['level', 'me@home.org'],
    ['list', '--wrong'],
    // Of other commands: passed over, nothing would have ended.
    ['keys', 'me@home.org', '--end'],
  ]) {
    const { code, output } = await users(...words)
    expect(code, words.join(' ')).toBe(2)
    expect(output).toContain('npm run users -- add <address>')
  }
  expect((await users('--help')).code).toBe(0)
})
