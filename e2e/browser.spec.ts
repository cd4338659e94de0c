import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { account } from '../test/support/accounts.ts'
import { expect, test } from '../test/support/fixtures.ts'

test('the first page leads to the operations, and they to a problem page, without a console error', async ({
  page,
  server,
}) => {
  const faults: string[] = []
  page.on('console', (message) => {
    if (message.type() === 'error') faults.push(message.text())
  })
  page.on('pageerror', (error) => faults.push(error.message))

  const response = await page.goto(server.origin)
  expect(response?.status()).toBe(200)
  expect(response?.headers()['content-security-policy']).toMatch(/script-src 'self' 'nonce-/)
  expect(response?.headers()['x-powered-by']).toBeUndefined()
  await expect(page.getByRole('heading', { level: 1, name: 'Usher' })).toBeVisible()
  await page.waitForLoadState('networkidle')

  await page.getByRole('link', { name: 'Read the reference' }).click()
  await expect(page.getByRole('article', { name: /^Sign in with/ }).first()).toContainText(
    'POST/api/auth/signin',
  )
  await page.getByRole('row').getByRole('link', { name: 'invalid-token' }).click()
  await expect(page.getByRole('heading', { level: 1 })).toHaveText(
    'The credential is invalid, expired or revoked',
  )
  expect(faults).toEqual([])
})

test('a page of the same origin signs in and reads a movie with fetch', async ({
  page,
  server,
}) => {
  await page.goto(`${server.origin}/problems/not-found`)
  const movie = await page.evaluate(async () => {
    const signIn = await fetch('/api/auth/signin', {
      method: 'POST',
      headers: { 'Content-Type': 'application/json' },
      body: JSON.stringify({ user: 'me@home.org', password: 'password' }),
    })
    const { JWT } = await signIn.json()
    const read = await fetch('/api/movies/Pulp%20Fiction', {
      headers: { Authorization: `Bearer ${JWT}` },
    })
    return read.json()
  })
  expect(movie).toEqual({ id: 'Pulp Fiction', director: 'Quentin Tarantino', year: 1994 })
})

test('a registered person confirms the address by the link of the mail, once', async ({
  page,
  api,
  outbox,
}) => {
  const credentials = { user: 'browser@home.org', password: 'a long enough one' }
  await api.post('/api/auth/register', credentials)
  const mail = await outbox.next(credentials.user)
  await page.goto(/https?:\S+#\S+/.exec(mail.text)?.[0] ?? '')
  // Opening the page used nothing up.
  expect(await api.post('/api/auth/signin', credentials)).toBeProblem('invalid-credentials')
  await page.getByRole('button', { name: 'Confirm' }).click()
  await expect(page.getByRole('status')).toContainText('you can sign in now')
  await api.signIn(credentials)

  await page.reload()
  await page.getByRole('button', { name: 'Confirm' }).click()
  await expect(page.getByRole('main').getByRole('alert')).toContainText('This link was used')
})

test('a link that was asked for again asks for a password, and makes the account with it', async ({
  page,
  api,
  outbox,
}) => {
  const user = 'asked-again@home.org'
  await api.post('/api/auth/register', { user, password: 'a long enough one' })
  await outbox.next(user)
  await api.post('/api/auth/email/resend', { user })
  const mail = await outbox.next(user)
  await page.goto(/https?:\S+#\S+/.exec(mail.text)?.[0] ?? '')
  await expect(page.getByLabel('New password')).toBeHidden()
  await page.getByRole('button', { name: 'Confirm' }).click()
  await page.getByLabel('New password').fill('another one, and mine')
  await page.getByRole('button', { name: 'Confirm' }).click()
  await expect(page.getByRole('status')).toContainText('you can sign in now')
  await api.signIn({ user, password: 'another one, and mine' })
})

test('a forgotten password is set anew by the link of the mail; a weak one is refused', async ({
  page,
  api,
  store,
  outbox,
}) => {
  const { user } = await account(store, 'forgetful@home.org')
  await api.post('/api/auth/password/forgot', { user })
  const mail = await outbox.next(user)
  await page.goto(/https?:\S+#\S+/.exec(mail.text)?.[0] ?? '')
  await page.getByLabel('New password').fill('password1')
  await page.getByRole('button', { name: 'Set the password' }).click()
  await expect(page.getByRole('main').getByRole('alert')).toHaveText(
    'It is one of the most common passwords.',
  )
  await page.getByLabel('New password').fill('a better one, and mine')
  await page.getByRole('button', { name: 'Set the password' }).click()
  await expect(page.getByRole('status')).toContainText('Your password is set')
  await api.signIn({ user, password: 'a better one, and mine' })
})

test('cookie mode in a browser: log in, read, change, renew, log out; no script sees a token', async ({
  page,
  api,
  store,
  context,
}) => {
  const credentials = await account(store, 'cookie-monster@home.org')
  await page.goto(`${api.origin}/problems/not-found`)
  const call = (path: string, method = 'GET', body?: unknown) =>
    page.evaluate(
      async ([path, method, body]) => {
        const init = { method, headers: { 'Content-Type': 'application/json' } }
        const response = await fetch(path, body === undefined ? init : { ...init, body })
        return { status: response.status, cookie: document.cookie }
      },
      [path, method, body === undefined ? undefined : JSON.stringify(body)] as const,
    )
  expect(await call('/api/auth/login', 'POST', credentials)).toEqual({ status: 200, cookie: '' })
  expect((await call('/api/movies/Pulp%20Fiction')).status).toBe(200)
  expect((await call('/api/profile', 'PATCH', { name: 'Cookie' })).status).toBe(200)

  const before = await context.cookies()
  await context.clearCookies({ name: 'usher-access' })
  expect((await call('/api/profile', 'PATCH', { name: 'Monster' })).status).toBe(200)
  const after = await context.cookies()
  const refreshIn = (cookies: typeof before) =>
    cookies.find(({ name }) => name === 'usher-refresh')?.value
  expect(after.map(({ name }) => name).sort()).toEqual(['usher-access', 'usher-refresh'])
  expect(refreshIn(after)).not.toBe(refreshIn(before))

  expect((await call('/api/auth/logout', 'POST')).status).toBe(204)
  expect(await context.cookies()).toEqual([])
  expect((await call('/api/movies/Pulp%20Fiction')).status).toBe(401)
})

test('a page of another origin on the same host, which the cookies do go with, ends no session', async ({
  page,
  api,
  server,
  store,
  context,
}) => {
  const { user, password } = await account(store, 'victim@home.org')
  await page.goto(`${api.origin}/problems/not-found`)
  await page.evaluate(
    (body) =>
      fetch('/api/auth/login', {
        method: 'POST',
        headers: { 'Content-Type': 'application/json' },
        body,
      }).then(({ status }) => status),
    JSON.stringify({ user, password }),
  )
  expect(await context.cookies()).toHaveLength(2)

  const attacker = createServer((_, response) => response.end('<!doctype html><title>x</title>'))
  await new Promise<void>((resolve) => attacker.listen(0, '127.0.0.1', resolve))
  await page.goto(`http://127.0.0.1:${(attacker.address() as AddressInfo).port}`)
  const outcome = await page.evaluate(async (origin) => {
    const init = { method: 'POST', credentials: 'include', mode: 'no-cors' } as const
    return fetch(`${origin}/api/auth/logout`, init).then(
      () => 'answered',
      () => 'kept from the page',
    )
  }, api.origin)
  // Not even that there was an answer is such a page's to know (Cross-Origin-Resource-Policy).
  expect(outcome).toBe('kept from the page')
  // Without the cookies it would be 204: they went along, and that was not enough.
  await expect.poll(server.output).toMatch(/"POST \/api\/auth\/logout".*"code":"csrf-failed"/)
  expect(await store.call('ZCARD', `sessions:${user}`)).toBe(1)
  attacker.closeAllConnections()
  attacker.close()
})
