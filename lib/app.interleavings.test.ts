import assert from 'node:assert/strict'
import { hashSync } from 'bcryptjs'
import type { Answer } from '../test/support/api.ts'
import { expect, test } from '../test/support/fixtures.ts'
import type { InProcess } from '../test/support/in-process.ts'
import { startApi } from '../test/support/start-api.ts'
import type { TokenResponse } from './auth/tokens/token-response.ts'

const TRIALS = 200
const NEXT = 'another long one'

/** A hash that is quick to compare: what is measured here is order, not bcrypt. */
const QUICK_HASH = hashSync('password', 4)

/** What ends a session, by somebody who is not refreshing it. */
interface Rival {
  end(victim: TokenResponse): Promise<Answer>
  /** Puts the account back for the next trial. */
  restore?(): Promise<unknown>
}

let app: InProcess
test.beforeAll(async () => {
  app = await startApi({ host: 'in-process', transport: 'direct' })
})
test.afterAll(() => app.stop())

async function rivalOf(name: string, user: string): Promise<Rival> {
  const { api } = app
  switch (name) {
    case 'logout':
      return { end: ({ refresh }) => api.post('/api/auth/logout', { refresh }) }
    case 'end-all':
      return {
        end: async ({ JWT }) =>
          api.send('/api/auth/sessions', {
            method: 'DELETE',
            headers: { Authorization: `Bearer ${JWT}` },
          }),
      }
    case 'password change': {
      const { JWT } = await api.signIn({ user, password: 'password' })
      const change = { current: 'password', password: NEXT }
      return {
        end: () => api.post('/api/auth/password', change, JWT),
        restore: () => app.command('HSET', `user:${user}`, 'password', QUICK_HASH),
      }
    }
    default: {
      const boss = 'boss@home.org'
      await app.account(boss, 9)
      const { JWT } = await api.signIn({ user: boss, password: 'password' })
      const disable = (): Promise<Answer> =>
        api.send(`/api/users/${encodeURIComponent(user)}`, {
          method: 'PATCH',
          headers: { 'Content-Type': 'application/json', Authorization: `Bearer ${JWT}` },
          body: '{"disabled":true}',
        })
      return { end: disable, restore: () => app.command('HDEL', `user:${user}`, 'disabled') }
    }
  }
}

for (const name of ['logout', 'password change', 'disable', 'end-all']) {
  test(`refresh against ${name}: after the answer no token of the session works, ${TRIALS} times`, async () => {
    test.setTimeout(900_000)
    const { api } = app
    const user = `${name.replace(' ', '-')}@home.org`
    const credentials = { user, password: 'password' }
    await app.account(user)
    const rival = await rivalOf(name, user)
    const outcomes = { refreshed: 0, refused: 0 }

    for (let trial = 0; trial < TRIALS; trial++) {
      const victim = await api.signIn(credentials)
      const { refresh } = victim
      const calls = [() => api.post('/api/auth/refresh', { refresh }), () => rival.end(victim)]
      // Either goes first, half of the time.
      const order = trial % 2 === 0 ? calls : calls.toReversed()
      const answers = await Promise.all(order.map((call) => call()))
      const [refreshed, ended] = trial % 2 === 0 ? answers : answers.toReversed()
      // By plain assertions: an `expect` takes longer than what it looks at.
      assert.ok(ended?.status === 200 || ended?.status === 204, ended?.text)
      outcomes[refreshed?.status === 200 ? 'refreshed' : 'refused']++

      const pairs: TokenResponse[] = refreshed?.status === 200 ? [refreshed.body, victim] : [victim]
      for (const { JWT, refresh } of pairs) {
        const read = await api.get('/api/profile', JWT)
        assert.equal(read.body.type, '/problems/invalid-token', `${name} ${trial}: ${read.text}`)
        const again = await api.post('/api/auth/refresh', { refresh })
        assert.equal(again.status, 401, `${name} ${trial}: ${again.text}`)
      }
      await rival.restore?.()
    }
    expect(outcomes.refreshed + outcomes.refused).toBe(TRIALS)
  })
}
