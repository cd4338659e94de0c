import { expect, test } from './support/fixtures.ts'

test.use({
  launchOptions: {
    executablePath: process.env['CHROMIUM'] ?? '/usr/bin/chromium',
    args: [
      '--no-sandbox',
      '--disable-gpu',
      '--disable-quic',
      '--no-first-run',
      '--disable-background-networking',
      '--disable-component-update',
      '--disable-sync',
    ],
  },
})

test('the first page lists the operations and leads to a problem page, without a console error', async ({
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
  await expect(page.getByRole('heading', { name: 'Usher' })).toBeVisible()
  await expect(page.getByRole('row', { name: /POST \/api\/auth\/signin/ })).toBeVisible()
  await page.waitForLoadState('networkidle')

  await page.getByRole('link', { name: 'invalid-token' }).click()
  await expect(page.getByRole('heading')).toHaveText(
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
