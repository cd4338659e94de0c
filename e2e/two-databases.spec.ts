import { connectForLoading, loadDemo } from '../seed/load.ts'
import { expect, test } from '../test/support/fixtures.ts'
import { startApi } from '../test/support/start-api.ts'
import { startStore } from '../test/support/store.ts'

test('users and sessions in a database of their own: two reads at the same time are one trip', async ({
  host,
}) => {
  const seen: string[] = []
  const data = await startStore('embedded')
  const accounts = await startStore('embedded', ({ commands }) => {
    for (const [name = '', , , ...keys] of commands) seen.push(name, ...keys)
  })
  await loadDemo(connectForLoading(data), {
    publicPassword: true,
    accounts: connectForLoading(accounts),
  })
  const { api, stop } = await startApi({
    host,
    store: data,
    env: { AUTH_REDIS_REST_URL: accounts.url, AUTH_REDIS_REST_TOKEN: accounts.token },
  })
  const { JWT, refresh } = await api.signIn()
  await api.get('/api/movies', JWT)
  seen.length = 0
  const { status, headers } = await api.get('/api/movies/Pulp%20Fiction', JWT)
  expect(status).toBe(200)
  expect(headers.get('server-timing')).toContain('desc="1 trips, 2 commands"')
  expect(seen).toEqual(['EVAL_RO', expect.stringMatching(/^session:/), 'user:me@home.org'])
  expect((await api.post('/api/auth/refresh', { refresh })).status).toBe(200)
  await stop()
  for (const store of [data, accounts]) await store.stop()
})
