import { expect, test } from '@playwright/test'
import { hashSync } from 'bcryptjs'
import { type InProcess, QUICK_PASSWORDS } from '../../../test/support/in-process.ts'
import { startApi } from '../../../test/support/start-api.ts'
import { createPasswords, type Passwords } from './password.ts'

test('sixty changes at once by one account leave room for the sign-ins of others', async () => {
  let clock = 0
  let compared = 0
  let paused = true
  let go: () => void = () => undefined
  const pause = new Promise<void>((resolve) => {
    go = resolve
  })
  const made = createPasswords(
    () => pause,
    () => (paused ? clock : ++clock),
    { cost: 4, breathMs: 1 },
  )
  const passwords: Passwords = {
    ...made,
    matches: (...words) => {
      compared++
      return made.matches(...words)
    },
  }
  const api = await startApi({ host: 'in-process', deps: { passwords } })
  await api.account('busy@home.org')
  await api.account('me@home.org')
  const signedIn = await signIn(api, 'busy@home.org')
  const { JWT } = await signedIn.json()

  // Whoever hashes next waits in the queue until the pause is over.
  const answered: number[] = []
  const changes = Array.from({ length: 60 }, async () => {
    const body = { current: 'not this one', password: 'a long enough one' }
    const answer = await api.send('changePassword', { body }, { Authorization: `Bearer ${JWT}` })
    answered.push(answer.status)
  })
  // The queue has eight places.
  await expect.poll(() => answered.length).toBeGreaterThanOrEqual(60 - 8)
  expect(new Set(answered)).toEqual(new Set([503]))
  const others = Array.from({ length: 5 }, () => signIn(api, 'me@home.org'))
  await expect.poll(() => compared, { timeout: 60_000 }).toBe(1 + 60 + 5)
  paused = false
  go()
  const statuses = (await Promise.all(others)).map(({ status }) => status)
  expect(statuses).toEqual([200, 200, 200, 200, 200])
  await Promise.all(changes)
  await api.stop()
})

test('a hash that is replaced while its password changes does not refuse the change', async () => {
  const user = 'me@home.org'
  const replacements: string[] = []
  const passwords: Passwords = {
    ...QUICK_PASSWORDS,
    matches: async (...words) => {
      const found = await QUICK_PASSWORDS.matches(...words)
      const next = replacements.shift()
      if (next !== undefined) await api.command('HSET', `user:${user}`, 'password', next)
      return found
    },
  }
  const api = await startApi({ host: 'in-process', deps: { passwords } })
  await api.account(user)
  const change = async (next: string): Promise<number> => {
    const { JWT } = await (await signIn(api, user)).json()
    replacements.push(next)
    const body = { current: 'password', password: 'another long phrase 77' }
    const headers = { Authorization: `Bearer ${JWT}` }
    return (await api.send('changePassword', { body }, headers)).status
  }
  expect(await change(hashSync('password', 5))).toBe(204)
  await api.account(user)
  expect(await change(hashSync('somebody else’s', 4))).toBe(401)
  await api.stop()
})

function signIn(api: InProcess, user: string): Promise<Response> {
  return api.send('signIn', { body: { user, password: 'password' } })
}
