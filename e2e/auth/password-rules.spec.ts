import { account } from '../../test/support/accounts.ts'
import { expect, test } from '../../test/support/fixtures.ts'

test.use({ environment: { PASSWORD_MIN_LENGTH: '12', APP_NAME: 'Star Catalogue' } })

test('PASSWORD_MIN_LENGTH and APP_NAME hold wherever a password is set, and the page says so', async ({
  api,
  store,
}) => {
  const ivo = await account(store, 'ivo@home.org', { level: '9' })
  const { JWT } = await api.signIn(ivo)
  const change = (password: string) =>
    api.post('/api/auth/password', { current: 'password', password }, JWT)
  const ways = {
    change,
    register: (password: string) =>
      api.post('/api/auth/register', { user: 'ann@home.org', password }),
    generate: (password: string) => api.post('/api/auth/generatepassword', { password }, JWT),
  }
  for (const [name, set] of Object.entries(ways)) {
    for (const password of ['short', 'eleven chrs']) {
      const answer = await set(password)
      expect(answer, name).toBeProblem('validation-error', {
        errors: [{ pointer: '#/password', message: 'needs 12 characters at least' }],
      })
    }
  }
  for (const set of [ways.change, ways.register]) {
    for (const password of ['star-catalogue-2026', 'UsherUsherUsher', 'Password-2026!']) {
      expect((await set(password)).status, password).toBe(422)
    }
  }
  expect((await ways.register('twelve chars')).status).toBe(202)
  expect((await ways.generate('twelve chars')).status).toBe(200)
  expect((await change('twelve chars')).status).toBe(204)
  expect((await api.get('/account/reset')).text).toContain('New password, 12 characters at least')
})
