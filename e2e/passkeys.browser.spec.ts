import type { CDPSession, Page } from '@playwright/test'
import { account } from '../test/support/accounts.ts'
import { expect, test } from '../test/support/fixtures.ts'
import { signInAt } from '../test/support/pages.ts'
import { freePort } from '../test/support/processes.ts'
import { type ServerApi, startApi } from '../test/support/start-api.ts'

test.describe.configure({ mode: 'serial' })

/** Beside the server of the fixtures, which is at an IP address. */
let site: ServerApi
let origin = ''
test.beforeAll(async ({ store, host }) => {
  const port = await freePort()
  origin = `http://localhost:${port}`
  const { url } = store.proxy
  const { token } = store.gateway
  site = await startApi({ host, port, store: { url, token }, env: { APP_ORIGIN: origin } })
})
test.afterAll(() => site.stop())

interface VirtualAuthenticator {
  cdp: CDPSession
  id: string
}

/** Plugs in an authenticator that keeps passkeys and verifies its user. */
async function plugIn(page: Page, transport = 'internal'): Promise<VirtualAuthenticator> {
  const cdp = await page.context().newCDPSession(page)
  await cdp.send('WebAuthn.enable', { enableUI: false })
  const { authenticatorId } = await cdp.send('WebAuthn.addVirtualAuthenticator', {
    options: {
      protocol: 'ctap2',
      transport: transport as 'internal',
      hasResidentKey: true,
      hasUserVerification: true,
      isUserVerified: true,
      automaticPresenceSimulation: true,
    },
  })
  return { cdp, id: authenticatorId }
}

/** What a page does, with what the platform has. */
const PAGE = `
  window.call = async (path, body, method = 'POST') => {
    const answer = await fetch(path, {
      method,
      headers: { 'Content-Type': 'application/json' },
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
    })
    const text = await answer.text()
    return { status: answer.status, body: text === '' ? undefined : JSON.parse(text) }
  }
  window.register = async (name) => {
    const { body } = await call('/api/auth/passkeys/options')
    const publicKey = PublicKeyCredential.parseCreationOptionsFromJSON(body)
    const credential = await navigator.credentials.create({ publicKey })
    return call('/api/auth/passkeys', { name, credential: credential.toJSON() })
  }
  window.assert = async (more = {}) => {
    const { body } = await call('/api/auth/passkey/options')
    const publicKey = PublicKeyCredential.parseRequestOptionsFromJSON(body)
    return (await navigator.credentials.get({ publicKey, ...more })).toJSON()
  }
`

/** Opens a page of the site, signed in with the password or not. */
async function open(page: Page, credentials?: object): Promise<void> {
  await page.goto(`${origin}/problems/not-found`)
  await page.evaluate(PAGE)
  if (credentials === undefined) return
  const { status } = await run(page, `call('/api/auth/login', ${JSON.stringify(credentials)})`)
  expect(status).toBe(200)
}

// biome-ignore lint/suspicious/noExplicitAny: answers of every shape
function run(page: Page, script: string): Promise<any> {
  return page.evaluate(script)
}

test('a passkey of a browser is made, signs in without a name, and makes a session fresh', async ({
  page,
  store,
}) => {
  const credentials = await account(store, 'browser-passkey@home.org')
  await plugIn(page)
  await open(page, credentials)
  const made = await run(page, `register('Chromium')`)
  expect(made).toMatchObject({ status: 201, body: { name: 'Chromium', lastUsedAt: null } })
  // The authenticator knows that the account has one there.
  expect(await run(page, `register('Again').catch(({ name }) => name)`)).toBe('InvalidStateError')

  await run(page, `call('/api/auth/logout', {})`)
  await page.context().clearCookies()
  const entered = await run(
    page,
    `assert().then((credential) => call('/api/auth/passkey/login', { credential }))`,
  )
  expect(entered).toEqual({
    status: 200,
    body: { message: 'Logged in', content: { user: credentials.user, level: 0 } },
  })
  const { body: listed } = await run(page, `call('/api/auth/passkeys', undefined, 'GET')`)
  expect(listed.data).toMatchObject([{ name: 'Chromium', lastUsedAt: expect.any(String) }])

  const [sid] = (await store.call('ZRANGE', `sessions:${credentials.user}`, '0', '-1')) as string[]
  await store.call('HSET', `session:${sid}`, 'createdAt', '1')
  const key = `call('/api/keys', { name: 'A key', scopes: ['movies:read'] })`
  expect((await run(page, key)).status).toBe(401)
  const proof = `assert().then((credential) => call('/api/auth/fresh', { credential }))`
  expect((await run(page, proof)).status).toBe(204)
  expect((await run(page, key)).status).toBe(201)
})

test('pages add a passkey, sign in with it, and remove it', async ({ page, store }) => {
  const credentials = await account(store, 'page-passkey@home.org')
  await plugIn(page)
  await signInAt(page, origin, credentials, '/account/security')
  await page.getByRole('button', { name: 'Add a passkey' }).click()
  const dialog = page.getByRole('dialog', { name: 'Add a passkey' })
  await dialog.getByLabel('Name').fill('This device')
  await dialog.getByRole('button', { name: 'Add passkey' }).click()
  await expect(page.getByRole('heading', { name: 'This device' })).toBeVisible()

  // The button alone; then the field of the address alone, which offers it by itself.
  await page.context().clearCookies()
  await page.addInitScript(() =>
    Object.assign(PublicKeyCredential, {
      isConditionalMediationAvailable: async () => location.hash === '#offer',
    }),
  )
  await page.goto(`${origin}/signin?returnTo=/account/security`)
  await page.getByRole('button', { name: 'Sign in with a passkey' }).click()
  await page.waitForURL(`${origin}/account/security`)
  await page.context().clearCookies()
  await page.goto(`${origin}/signin?returnTo=/account/security#offer`)
  await page.waitForURL(`${origin}/account/security`)

  // Both at once are one sign-in.
  await page.context().clearCookies()
  let entries = 0
  let release = () => {}
  const held = new Promise<void>((resolve) => {
    release = resolve
  })
  await page.route('**/api/auth/passkey/login', async (route) => {
    entries += 1
    await held
    await route.continue()
  })
  const offered = page.waitForRequest('**/api/auth/passkey/login')
  await page.goto(`${origin}/signin?returnTo=/account/security#offer`)
  await offered
  const button = page.getByRole('button', { name: 'Sign in with a passkey' })
  await button.click()
  await expect(button).toHaveAttribute('aria-busy', 'true')
  // Another that was shown one would have sent it by the time that this has.
  await page.evaluate(PAGE)
  expect(await run(page, 'assert()')).toMatchObject({ type: 'public-key' })
  release()
  await page.waitForURL(`${origin}/account/security`)
  expect(entries).toBe(1)
  await page.getByRole('button', { name: 'Remove This device' }).click()
  await page.getByRole('button', { name: 'Remove passkey' }).click()
  await expect(page.getByRole('heading', { name: 'This device' })).toHaveCount(0)
  // The device still offers it, and who chooses it is told that it is nothing here.
  await page.context().clearCookies()
  await page.goto(`${origin}/signin#offer`)
  await expect(page.getByRole('alert')).toBeVisible()
})

test('the field of the address offers a passkey by itself', async ({ page, store }) => {
  const credentials = await account(store, 'autofill@home.org')
  await plugIn(page)
  await open(page, credentials)
  expect((await run(page, `register('Autofill')`)).status).toBe(201)
  await page.context().clearCookies()
  await open(page)
  expect(await run(page, 'PublicKeyCredential.isConditionalMediationAvailable()')).toBe(true)
  await page.evaluate(`document.body.insertAdjacentHTML('beforeend',
    '<input aria-label="Address" autocomplete="username webauthn">')`)
  const entered = await run(
    page,
    `assert({ mediation: 'conditional' })
      .then((credential) => call('/api/auth/passkey/login', { credential }))`,
  )
  expect(entered).toMatchObject({ status: 200, body: { content: { user: credentials.user } } })
})

test('a second authenticator is a second passkey of the account', async ({ page, store }) => {
  const credentials = await account(store, 'two-authenticators@home.org')
  const first = await plugIn(page)
  await open(page, credentials)
  expect((await run(page, `register('Laptop')`)).status).toBe(201)
  await first.cdp.send('WebAuthn.removeVirtualAuthenticator', { authenticatorId: first.id })
  await plugIn(page, 'usb')
  expect((await run(page, `register('Security key')`)).status).toBe(201)
  const { body } = await run(page, `call('/api/auth/passkeys', undefined, 'GET')`)
  expect(body.data.map(({ name }: { name: string }) => name)).toEqual(['Security key', 'Laptop'])
  await page.context().clearCookies()
  const enter = `assert().then((credential) => call('/api/auth/passkey/login', { credential }))`
  expect((await run(page, enter)).status).toBe(200)
})

test('a user whom the authenticator has not verified does not get in', async ({ page, store }) => {
  const credentials = await account(store, 'unverified-user@home.org')
  const { cdp, id } = await plugIn(page)
  await open(page, credentials)
  expect((await run(page, `register('Phone')`)).status).toBe(201)
  await cdp.send('WebAuthn.setUserVerified', { authenticatorId: id, isUserVerified: false })
  // A page that does not ask for it: the server does.
  const enter = `call('/api/auth/passkey/options').then(async ({ body }) => {
    const options = { ...body, userVerification: 'discouraged' }
    const publicKey = PublicKeyCredential.parseRequestOptionsFromJSON(options)
    const credential = (await navigator.credentials.get({ publicKey })).toJSON()
    return call('/api/auth/passkey/login', { credential })
  })`
  expect(await run(page, enter)).toMatchObject({
    status: 401,
    body: { type: '/problems/invalid-credentials' },
  })
})

test('an assertion that was used is worth nothing', async ({ page, store }) => {
  const credentials = await account(store, 'replayed@home.org')
  await plugIn(page)
  await open(page, credentials)
  expect((await run(page, `register('Phone')`)).status).toBe(201)
  const statuses = await run(
    page,
    `assert().then(async (credential) => {
      const first = await call('/api/auth/passkey/signin', { credential })
      const second = await call('/api/auth/passkey/signin', { credential })
      return [first.status, second.status]
    })`,
  )
  expect(statuses).toEqual([200, 401])
})
