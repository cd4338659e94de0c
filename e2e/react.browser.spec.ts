import type { Page } from '@playwright/test'
import { build } from 'esbuild'
import { account } from '../test/support/accounts.ts'
import { expect, test } from '../test/support/fixtures.ts'

let script = ''

test.beforeAll(async () => {
  const { outputFiles } = await build({
    entryPoints: ['examples/react.tsx'],
    bundle: true,
    write: false,
    format: 'iife',
    globalName: 'example',
    define: { 'process.env.NODE_ENV': '"production"' },
    logLevel: 'silent',
  })
  script = outputFiles[0]?.text ?? ''
})

/** Opens a page of this origin with nothing but the example in it, and notes what it asks of the API. */
async function open(page: Page, origin: string): Promise<string[]> {
  const asked: string[] = []
  page.on('request', (request) => {
    const { pathname } = new URL(request.url())
    if (pathname.startsWith('/api/')) asked.push(`${request.method()} ${pathname}`)
  })
  // A page of the product's own would wake later, and put back what the example has replaced.
  const address = `${origin}/example`
  await page.route(address, (route) =>
    route.fulfill({ contentType: 'text/html', body: '<!doctype html><div></div>' }),
  )
  await page.goto(address)
  await start(page)
  return asked
}

async function start(page: Page): Promise<void> {
  await page.evaluate(`${script};
    example.start(document.querySelector('div'))`)
}

async function signIn(page: Page, user: string, password: string): Promise<void> {
  await page.getByLabel('Address').fill(user)
  await page.getByLabel('Password').fill(password)
  await page.getByRole('button', { name: 'Sign in' }).click()
}

test('the example in React: two tabs follow each other in and out, and ask for nothing that is known', async ({
  context,
  server,
  store,
}) => {
  const { user, password } = await account(store, 'react@home.org', { level: '5' })
  const [one, two] = [await context.newPage(), await context.newPage()]
  const [askedByOne, askedByTwo] = [await open(one, server.origin), await open(two, server.origin)]
  await expect(two.getByLabel('Address')).toBeVisible()

  await signIn(one, user, 'not the password')
  await expect(one.getByRole('alert')).toHaveText('The user or the password is wrong')
  await signIn(one, user, password)
  for (const tab of [one, two]) await expect(tab.getByText(`${user}, level 5.`)).toBeVisible()
  const logins = ['POST /api/auth/login', 'POST /api/auth/login']
  expect(askedByOne).toEqual(['GET /api/profile', ...logins])
  expect(askedByTwo).toEqual(['GET /api/profile'])

  await two.getByRole('button', { name: 'Sign out' }).click()
  for (const tab of [one, two]) await expect(tab.getByLabel('Address')).toBeVisible()
  expect(askedByOne).toHaveLength(3)
  expect(await context.cookies()).toEqual([])
})

test('a tab that is opened later learns who is signed in; one that finds the session ended tells the others', async ({
  context,
  server,
  store,
}) => {
  const { user, password } = await account(store, 'react-later@home.org')
  const one = await context.newPage()
  await open(one, server.origin)
  await signIn(one, user, password)
  await expect(one.getByText(user)).toBeVisible()

  const two = await context.newPage()
  await open(two, server.origin)
  await expect(two.getByText(user)).toBeVisible()

  await store.call('DEL', `sessions:${user}`)
  for (const key of (await store.call('KEYS', 'session:*')) as string[]) {
    if ((await store.call('HGET', key, 'uid')) === (await store.call('HGET', `user:${user}`, 'id')))
      await store.call('HSET', key, 'st', 'revoked')
  }
  await two.reload()
  await start(two)
  for (const tab of [one, two]) await expect(tab.getByLabel('Address')).toBeVisible()
})
