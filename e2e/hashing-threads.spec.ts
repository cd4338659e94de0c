import { account } from '../test/support/accounts.ts'
import { ME } from '../test/support/api.ts'
import { expect, test } from '../test/support/fixtures.ts'

// Where passwords are hashed in threads: `serve` alone.

test('a read is answered while twenty passwords are compared', async ({ api }) => {
  const { JWT } = await api.signIn()
  const ended: string[] = []
  const signIns = Array.from({ length: 20 }, async () => {
    const answer = await api.post('/api/auth/signin', ME)
    ended.push('sign-in')
    // Those for whom there is no place in the line are told to come again.
    if (answer.status !== 200) {
      expect(answer).toBeProblem('service-unavailable')
    }
    return answer.status
  })
  const { status } = await api.get('/api/movies/Pulp%20Fiction', JWT)
  ended.push('read')
  const statuses = await Promise.all(signIns)
  expect(status).toBe(200)
  expect(statuses.filter((each) => each === 200).length).toBeGreaterThan(8)
  expect(ended.indexOf('read')).toBeLessThan(20)
})

test('signing in, changing the password and signing in with it', async ({ api, store }) => {
  const own = await account(store, 'threads@home.org')
  for (const wrong of [
    { ...own, password: 'not the password' },
    { ...own, user: 'nobody@home.org' },
  ]) {
    const refused = await api.post('/api/auth/signin', wrong)
    expect(refused).toBeProblem('invalid-credentials')
  }
  const { JWT } = await api.signIn(own)
  const change = { current: own.password, password: 'another good one' }
  const changed = await api.post('/api/auth/password', change, JWT)
  expect(changed.status, changed.text).toBe(204)
  const old = await api.post('/api/auth/signin', own)
  expect(old).toBeProblem('invalid-credentials')
  expect((await api.signIn({ ...own, password: change.password })).tokenType).toBe('Bearer')
})
