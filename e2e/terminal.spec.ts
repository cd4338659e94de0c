import { account, sessionOf } from '../test/support/accounts.ts'
import { ME } from '../test/support/api.ts'
import { expect, test } from '../test/support/fixtures.ts'
import { runProgram } from '../test/support/processes.ts'

/** What can steer a terminal, or show another text than it holds. */
const UNPRINTABLE = /[^\P{Cc}\n]|[\p{Cf}\p{Zl}\p{Zp}]/u

test('a device and a name are stored without what steers a terminal', async ({ api, store }) => {
  const signedIn = await api.send('/api/auth/signin', {
    method: 'POST',
    // A header holds bytes: these are C1 controls, a CSI sequence and a soft hyphen.
    headers: { 'Content-Type': 'application/json', 'User-Agent': 'dev\u0085\u009b31mi\u00adce' },
    body: JSON.stringify(ME),
  })
  const { JWT } = signedIn.body
  // workerd reads the bytes as UTF-8, and has U+FFFD for what is none.
  const device = await store.call('HGET', `session:${sessionOf(JWT)}`, 'ua')
  expect(['device', 'dev\ufffd\ufffd31mi\ufffdce']).toContain(device)

  const renamed = await api.send('/api/profile', {
    method: 'PATCH',
    headers: { 'Content-Type': 'application/json', Authorization: `Bearer ${JWT}` },
    body: JSON.stringify({ name: 'Mi\u202ea\u200b\u{e0041}' }),
  })
  expect(renamed.body.name).toBe('Mia')
  expect(await store.call('HGET', `user:${ME.user}`, 'name')).toBe('Mia')
  const key = { name: '\u2067key\u2069', scopes: ['movies:read'] }
  expect((await api.post('/api/keys', key, JWT)).body.name).toBe('key')
  const unseen = await api.post('/api/keys', { ...key, name: '\u200b' }, JWT)
  expect(unseen.status).toBe(422)
})

test('what older versions stored, and what was typed by hand, is printed without it', async ({
  api,
  store,
}) => {
  const user = 'printed@home.org'
  const { JWT } = await api.signIn(await account(store, user))
  await store.call(
    'HSET',
    `session:${sessionOf(JWT)}`,
    'ua',
    'a\u001b[2J\u009b1m\u202eb',
    'ip',
    '\u0007',
  )
  await store.call('HSET', 'user:\u001b]0;owned\u0007typed@home.org', 'level', '0')
  const users = (...args: string[]) =>
    runProgram(process.execPath, ['local/run.mjs', 'users', ...args], {
      PATH: process.env['PATH'],
      UPSTASH_REDIS_REST_URL: store.gateway.url,
      UPSTASH_REDIS_REST_TOKEN: store.gateway.token,
    })
  const sessions = await users('sessions', user)
  expect(sessions.output).toMatch(/ {2}ab$/m)
  expect(sessions.output).not.toMatch(UNPRINTABLE)
  const list = await users('list')
  expect(list.output).toMatch(/^typed@home\.org {2}level 0/m)
  expect(list.output).not.toMatch(UNPRINTABLE)
})
