import { expect } from '../test/support/fixtures.ts'
import { test } from '../test/support/oauth-fixtures.ts'

test('through a real browser and a real provider: a person signs in, another may not', async ({
  page,
  server,
  providers: { provider },
}) => {
  await provider.serve(server.origin)
  const start = `${server.origin}/api/auth/oauth/local?returnTo=/problems/not-found`
  await page.goto(start)
  expect(page.url()).toContain(provider.issuer)
  await page.getByRole('link', { name: /Ada Lovelace/ }).click()
  await page.waitForURL(`${server.origin}/problems/not-found`)
  const profile = await page.evaluate(async () => (await fetch('/api/profile')).json())
  expect(profile).toMatchObject({ user: 'ada@example.com', emailVerified: true, level: 0 })
  expect(await page.evaluate('document.cookie')).toBe('')

  await page.context().clearCookies()
  await page.goto(start)
  await page.getByRole('link', { name: /^Bob/ }).click()
  await page.waitForURL(/\/api\/auth\/oauth\/local\/callback/)
  await expect(page.getByText(/does not say that your address is confirmed/)).toBeVisible()
  expect(await page.context().cookies(server.origin)).toEqual([])

  await page.context().clearCookies()
  await page.goto(start)
  await page.getByRole('link', { name: 'Cancel' }).click()
  await expect(page.getByText(/not to let you in here/)).toBeVisible()
})
