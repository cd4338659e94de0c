import { test } from '@playwright/test'
import { hashSync } from 'bcryptjs'
import { type InProcess, QUICK_PASSWORDS } from '../../../test/support/in-process.ts'
import { expect } from '../../../test/support/problem.ts'
import { startApi } from '../../../test/support/start-api.ts'
import type { Passwords } from '../passwords/password.ts'

const USER = 'me@home.org'

/** Starts the API; each comparison is followed by another hash in the store, as long as there are some. */
async function startReplacing(...replacements: string[]): Promise<InProcess & Counts> {
  const counts: Counts = { compared: 0 }
  const passwords: Passwords = {
    ...QUICK_PASSWORDS,
    matches: async (...words) => {
      counts.compared++
      const found = await QUICK_PASSWORDS.matches(...words)
      const next = replacements.shift()
      if (next !== undefined) await api.command('HSET', `user:${USER}`, 'password', next)
      return found
    },
  }
  const api = await startApi({ host: 'in-process', deps: { passwords } })
  await api.account(USER)
  return Object.assign(counts, api)
}

interface Counts {
  compared: number
}

function signIn(api: InProcess): Promise<Response> {
  return api.send('signIn', { body: { user: USER, password: 'password' } })
}

test('a hash that is replaced while its password signs in does not refuse it', async () => {
  const api = await startReplacing(hashSync('password', 5))
  expect((await signIn(api)).status).toBe(200)
  expect(api.compared).toBe(2)
  await api.stop()
})

test('a password that is changed while it signs in is refused', async () => {
  const api = await startReplacing(hashSync('another password', 4))
  await expect(await signIn(api)).toBeProblem('invalid-credentials')
  expect(api.compared).toBe(2)
  await api.stop()
})

test('a hash that is replaced again and again is compared twice at most', async () => {
  const hashes = [5, 4, 5].map((cost) => hashSync('password', cost))
  const changing = await startReplacing(...hashes)
  await expect(await signIn(changing)).toBeProblem('invalid-credentials')
  expect(changing.compared).toBe(2)
  await changing.stop()
})
