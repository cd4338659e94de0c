import { account } from '../test/support/accounts.ts'
import { expect, test } from '../test/support/fixtures.ts'
import { logIn, signInAt, watch } from '../test/support/pages.ts'

test.use({ permissions: ['clipboard-read', 'clipboard-write'] })
// Rows that are typed by hand are seen at once among few keys alone.
test.beforeAll(({ store }) => store.renew())

const USER_PAGES = ['', '/keys', '/usage', '/sessions', '/security'].map(
  (path) => `/account${path}`,
)
const ADMIN_PAGES = ['', '/users', '/usage', '/events', '/data/movies'].map(
  (path) => `/console${path}`,
)

test('from nothing to a first call: register, confirm, sign in, make a key, copy it, use it; an admin ends that', async ({
  page,
  browser,
  server,
  store,
  api,
  outbox,
}) => {
  const faults = watch(page, server.origin)
  const [user, password] = ['newcomer@home.org', 'a long enough one']
  await page.goto(server.origin)
  await page.getByRole('link', { name: 'Get an API key' }).click()
  await page.getByLabel('Address').fill(user)
  await page.getByLabel('Password').fill(password)
  await page.getByRole('button', { name: 'Create account' }).click()
  await expect(page.getByRole('status')).toContainText('a mail is on its way')

  const mail = await outbox.next(user)
  await page.goto(/https?:\S+#\S+/.exec(mail.text)?.[0] ?? '')
  await page.getByRole('button', { name: 'Confirm' }).click()
  await expect(page.getByRole('status')).toContainText('you can sign in now')
  await expect(page.getByRole('status')).toBeFocused()
  await signInAt(page, server.origin, { user, password }, '/account/keys')

  await page.getByRole('button', { name: 'Create API key' }).click()
  const dialog = page.getByRole('dialog', { name: 'Create API key' })
  await dialog.getByLabel('Name').fill('Notebook')
  await dialog.getByLabel('Read Movies').check()
  await dialog.getByRole('button', { name: 'Create API key' }).click()
  await expect(page.getByRole('heading', { name: 'Copy “Notebook” now' })).toBeFocused()
  await page.getByRole('button', { name: 'Copy the API key' }).click()
  await expect(page.getByRole('status')).toContainText('Copied')
  const key = await page.evaluate(() => navigator.clipboard.readText())
  const withKey = () => api.send('/api/movies?limit=1', { headers: { 'X-API-Key': key } })
  expect((await withKey()).status).toBe(200)
  await page.getByRole('button', { name: 'Copy: Try it' }).click()
  const curl = await page.evaluate(() => navigator.clipboard.readText())
  expect(curl).toBe(
    `export API_KEY="${key}"\ncurl "${server.origin}/api/movies?limit=1" \\\n  -H "X-API-Key: $API_KEY"`,
  )
  await page.getByRole('button', { name: 'I have stored it' }).click()
  await expect(page.getByText(key)).toHaveCount(0)
  await expect(page.getByRole('button', { name: 'Create API key' })).toBeFocused()
  await expect(page.getByRole('row', { name: /Notebook/ })).toContainText('movies:read')

  const admin = await account(store, 'desk@home.org', { level: '9' })
  const context = await browser.newContext()
  const desk = await context.newPage()
  await signInAt(desk, server.origin, admin, '/console/events')
  const trail = desk.getByRole('main').getByRole('listitem')
  await expect(trail.filter({ hasText: `${user} made an API key` })).toBeVisible()
  await expect(trail.filter({ hasText: `${user} registered` })).toBeVisible()

  await desk.getByRole('link', { name: 'Users' }).click()
  await desk.getByLabel(/address of an account/).fill(user)
  await desk.getByRole('button', { name: 'Find' }).click()
  const inspector = desk.getByRole('complementary', { name: `Account ${user}` })
  await inspector.getByRole('button', { name: 'Disable…' }).click()
  const ask = desk.getByRole('alertdialog', { name: `Disable ${user}?` })
  await expect(ask.getByRole('button', { name: 'Leave it enabled' })).toBeFocused()
  await expect(ask).toContainText('1 API key; calls with it are refused')
  await ask.getByRole('button', { name: 'Disable account' }).click()
  await expect(desk.getByRole('status')).toContainText(`${user} disabled`)
  expect(await withKey()).toBeProblem('invalid-token')
  await expect(inspector.getByText('API keys0')).toBeVisible()
  await context.close()

  // The next thing that the person does leads to signing in, and back.
  await page.reload()
  await page.waitForURL(`${server.origin}/signin?returnTo=%2Faccount%2Fkeys`)
  expect(await page.context().cookies()).toEqual([])
  expect(faults.elsewhere).toEqual([])
})

test('a call beyond a quota is explained; an admin gives the account another plan, and takes its codes away', async ({
  page,
  browser,
  server,
  store,
  api,
}) => {
  const owner = await account(store, 'too-much@home.org')
  const { JWT } = await api.signIn(owner)
  const scopes = ['books:read']
  const made = await api.post('/api/keys', { name: 'Small', scopes, limit: 1 }, JWT)
  await page.goto(`${server.origin}/reference#listItems_books`)
  const article = page.locator('article[aria-labelledby="listItems_books"]')
  await article.getByRole('button', { name: /^Try it/ }).click()
  await article.getByLabel('As').selectOption('An API key…')
  await article.getByLabel('API key').fill(made.body.key)
  const answer = article.getByRole('region', { name: 'Answer', exact: true })
  const send = article.getByRole('button', { name: 'Send' })
  await send.click()
  await expect(answer).toContainText('200')
  // The minute may end between two calls: then the second is the first of another.
  await expect(async () => {
    await send.click()
    await expect(answer).toContainText('429', { timeout: 5_000 })
  }).toPass({ timeout: 60_000 })
  await expect(answer).toContainText(/0 left for \d+ s/)
  await answer.getByRole('link', { name: 'What this answer means' }).click()
  await expect(page.getByRole('heading', { name: 'Too many requests' })).toBeVisible()
  await expect(page.getByRole('main').getByRole('link', { name: 'Usage' })).toBeVisible()

  const admin = await account(store, 'giver@home.org', { level: '9' })
  const context = await browser.newContext()
  const desk = await context.newPage()
  const place = `/console/users?user=${owner.user}`
  await logIn(desk, server.origin, admin)
  await desk.goto(`${server.origin}${place}`)
  const inspector = desk.getByRole('complementary', { name: `Account ${owner.user}` })
  await expect(inspector.getByText(/ left$/)).toBeVisible()
  await expect(inspector.getByText('of 3,000,000')).toHaveCount(0)
  await inspector.getByLabel('Plan').selectOption('pro')
  await inspector.getByRole('button', { name: 'Save changes' }).click()
  await expect(inspector.getByText('of 3,000,000')).toBeVisible()
  expect((await api.get('/api/profile', JWT)).body).toMatchObject({ plan: 'pro' })

  // For somebody who has lost their codes.
  await store.call('HSET', `user:${owner.user}`, 'totp', 'a sealed secret')
  await inspector.getByRole('button', { name: 'Codes off…' }).click()
  await desk.getByRole('alertdialog').getByRole('button', { name: 'Turn off' }).click()
  await expect(desk.getByRole('status')).toContainText(`Codes of ${owner.user} are off`)
  expect((await api.signIn(owner)).JWT).toBeTruthy()
  await context.close()
})

test('who is not signed in is sent to do so and comes back; who is no admin is told so with 403', async ({
  page,
  server,
  store,
}) => {
  for (const path of [...USER_PAGES, ...ADMIN_PAGES]) {
    const answer = await page.request.get(`${server.origin}${path}`, { maxRedirects: 0 })
    expect(answer.status(), path).toBe(307)
    const { pathname, searchParams } = new URL(answer.headers()['location'] ?? '', server.origin)
    expect([pathname, searchParams.get('returnTo')]).toEqual(['/signin', path])
  }
  const user = await account(store, 'no-admin@home.org')
  await signInAt(page, server.origin, user, '/account/usage')
  for (const path of ADMIN_PAGES) {
    const answer = await page.goto(`${server.origin}${path}`)
    expect(answer?.status(), path).toBe(403)
    await expect(page.getByRole('heading', { name: 'The console is for admins' })).toBeVisible()
  }
  await expect(page.getByRole('link', { name: 'Console' })).toHaveCount(0)
})

test('returnTo leads nowhere but to this origin', async ({ page, server, store }) => {
  const { user, password } = await account(store, 'led-astray@home.org')
  for (const evil of [
    '//evil.example',
    '/\\evil.example',
    'https://evil.example',
    '/\t/evil.example',
  ]) {
    await page.goto(`${server.origin}/signin?returnTo=${encodeURIComponent(evil)}`)
    await page.getByLabel('Address').fill(user)
    await page.getByLabel('Password').fill(password)
    await page.getByRole('button', { name: 'Sign in', exact: true }).click()
    await page.waitForURL(`${server.origin}/account`)
  }
})

test('signing in says what is wrong: at the field, with the wait, and that a code is wanted', async ({
  page,
  server,
  store,
}) => {
  const { user, password } = await account(store, 'wrong-at-first@home.org')
  await page.goto(`${server.origin}/signin`)
  await page.getByLabel('Address').fill(user)
  await page.getByLabel('Password').fill('not the password')
  const press = () => page.getByRole('button', { name: 'Sign in', exact: true }).click()
  const alert = page.getByRole('main').getByRole('alert')
  await press()
  await expect(alert).toContainText('The user or the password is wrong')

  const problem = (slug: string, status: number, title: string) => ({
    status,
    contentType: 'application/problem+json',
    headers: status === 429 ? { 'Retry-After': '252' } : {},
    body: JSON.stringify({ type: `/problems/${slug}`, title, status, requestId: 'r' }),
  })
  const login = `${server.origin}/api/auth/login`
  await page.route(login, (route) =>
    route.fulfill(problem('quota-exceeded', 429, 'Too many requests')),
  )
  await press()
  await expect(alert).toContainText(/Try again in 4 min 1[12] s/)

  const sent: unknown[] = []
  await page.unroute(login)
  await page.route(login, (route) => {
    sent.push(route.request().postDataJSON())
    return sent.length === 1
      ? route.fulfill(problem('second-factor-required', 401, 'A code is wanted'))
      : route.continue()
  })
  await page.getByLabel('Password').fill(password)
  await press()
  await expect(page.getByLabel('Code')).toBeFocused()
  await page.getByLabel('Code').fill('123456')
  await page.unroute(login)
  await page.route(login, (route) => {
    sent.push(route.request().postDataJSON())
    return route.continue({ postData: JSON.stringify({ user, password }) })
  })
  await press()
  await page.waitForURL(`${server.origin}/account`)
  expect(sent).toEqual([
    { user, password },
    { user, password, code: '123456' },
  ])

  await page.goto(`${server.origin}/register`)
  await page.getByLabel('Address').fill('weak@home.org')
  await page.getByLabel('Password').fill('password1')
  await page.getByRole('button', { name: 'Create account' }).click()
  await expect(page.getByText('Is one of the most common passwords.')).toBeVisible()
  await expect(page.getByLabel('Password')).toHaveAttribute('aria-invalid', 'true')
})

test('a keyboard is enough to sign in, to make a key and to end it', async ({
  page,
  server,
  store,
}) => {
  const { user, password } = await account(store, 'keyboard@home.org')
  await page.goto(`${server.origin}/signin?returnTo=/account/keys`)
  const { keyboard } = page
  const focused = () => page.locator(':focus')
  const tabTo = async (name: string): Promise<void> => {
    for (let presses = 0; presses < 40; presses++) {
      await keyboard.press('Tab')
      // Behind the last element it is the browser's turn: then nothing of the page has the focus.
      const text = await page.evaluate(() => {
        const element = document.activeElement ?? document.body
        const labels = 'labels' in element ? [...((element as HTMLInputElement).labels ?? [])] : []
        if (element === document.body) return ''
        return `${labels.map((label) => label.textContent).join(' ')} ${element.textContent}`
      })
      if (text.includes(name)) return
    }
    throw new Error(`Tab does not reach ${name}`)
  }
  await keyboard.press('Tab')
  await expect(focused()).toHaveText('Skip to the content')
  await keyboard.press('Enter')
  await tabTo('Address')
  await keyboard.type(user)
  await keyboard.press('Tab')
  await keyboard.type(password)
  await keyboard.press('Enter')
  await page.waitForURL(`${server.origin}/account/keys`)
  await expect(page.getByText('No API keys yet')).toBeVisible()

  await tabTo('Create API key')
  await keyboard.press('Enter')
  await expect(page.getByLabel('Name')).toBeFocused()
  await keyboard.press('Escape')
  await expect(page.getByRole('dialog')).toHaveCount(0)
  await expect(focused()).toContainText('Create API key')
  await keyboard.press('Enter')
  await expect(page.getByLabel('Name')).toBeFocused()
  await keyboard.type('By hand')
  await tabTo('Read Books')
  await keyboard.press('Space')
  await keyboard.press('Enter')
  await expect(page.getByRole('heading', { name: 'Copy “By hand” now' })).toBeFocused()

  await expect(page.getByRole('button', { name: 'End By hand' })).toBeVisible()
  await tabTo('End By hand')
  await keyboard.press('Enter')
  await expect(page.getByRole('button', { name: 'Keep it' })).toBeFocused()
  // What lies behind the dialog is out of reach.
  for (let presses = 0; presses < 4; presses++) {
    await keyboard.press('Tab')
    expect(
      await focused().evaluate((element) => element.closest('[role=alertdialog]') !== null),
    ).toBe(true)
  }
  await tabTo('End API key')
  await keyboard.press('Enter')
  await expect(page.getByText('No API keys yet')).toBeVisible()
})

test('a session is seen, ended elsewhere, and a password changed; both end other sessions', async ({
  page,
  server,
  store,
  api,
}) => {
  const credentials = await account(store, 'two-devices@home.org', { plan: 'unlimited' })
  await logIn(page, server.origin, credentials)
  const other = await api.signIn(credentials)
  await api.post('/api/keys', { name: 'Mine', scopes: ['books:read'] }, other.JWT)
  await page.goto(`${server.origin}/account/sessions`)
  await expect(page.getByRole('row', { name: /This one/ })).toBeVisible()
  await page.getByRole('button', { name: 'Sign out everywhere else' }).click()
  await expect(page.getByRole('status')).toContainText('Signed out everywhere else')
  expect(await api.get('/api/profile', other.JWT)).toBeProblem('invalid-token')

  const third = await api.signIn(credentials)
  await page
    .getByRole('navigation', { name: 'Account' })
    .getByRole('link', { name: 'Security' })
    .click()
  await page.getByRole('button', { name: 'Change password' }).click()
  const dialog = page.getByRole('dialog', { name: 'Change password' })
  await dialog.getByLabel('Current password').fill('wrong')
  await dialog.getByLabel('New password').fill('another one, and mine')
  await dialog.getByRole('button', { name: 'Change password' }).click()
  await expect(dialog.getByText('This is not your password.')).toBeVisible()
  await dialog.getByLabel('Current password').fill(credentials.password)
  await dialog.getByRole('button', { name: 'Change password' }).click()
  await expect(page.getByRole('status')).toContainText(
    'Password changed; your other sessions have ended, 1 API key not',
  )
  expect(await api.get('/api/profile', third.JWT)).toBeProblem('invalid-token')
  await page
    .getByRole('navigation', { name: 'Account' })
    .getByRole('link', { name: 'API keys' })
    .click()
  await expect(page.getByRole('row', { name: /^Mine/ })).toContainText('no limit')
  await api.signIn({ ...credentials, password: 'another one, and mine' })
})

test('rows of a collection are filtered, sorted, changed where they stand, added and deleted, in the words of its rules', async ({
  page,
  server,
  store,
  api,
}) => {
  const admin = await account(store, 'rows@home.org', { level: '9' })
  // More than a page holds.
  for (let row = 10; row < 40; row++) await store.call('HSET', `movie:Row ${row}`, 'year', '1900')
  await logIn(page, server.origin, admin)
  await page.goto(`${server.origin}/console/data/movies`)
  const rows = page.getByRole('table').getByRole('row')
  await expect(page.getByText(/^25 of \d+ items, page 1$/)).toBeVisible()
  await page.getByRole('button', { name: 'Next' }).click()
  await expect(page.getByText(/items, page 2/)).toBeVisible()

  await page.getByRole('button', { name: 'Add a filter' }).click()
  const filter = page.getByRole('form', { name: 'Add a filter' })
  await filter.getByLabel('Field').selectOption('director')
  await filter.getByLabel('Value').fill('Quentin Tarantino')
  await filter.getByRole('button', { name: 'Add filter' }).click()
  await page.getByRole('button', { name: 'year', exact: true }).click()
  await expect(rows.nth(1)).toContainText('1994')
  expect(new URL(page.url()).search).toContain('director=Quentin+Tarantino')

  await page.getByRole('button', { name: /change year of Pulp Fiction/ }).click()
  const year = page.getByLabel('year of Pulp Fiction')
  await year.fill('long ago')
  await year.press('Enter')
  await expect(page.getByRole('table').getByRole('alert')).toContainText('Is not of type number.')
  await year.fill('1995')
  await year.press('Enter')
  await expect(page.getByRole('status')).toContainText('year of “Pulp Fiction” saved')
  const { JWT } = await api.signIn(admin)
  const stored = await api.get('/api/movies/Pulp%20Fiction', JWT)
  expect(stored.body).toMatchObject({ year: 1995, director: 'Quentin Tarantino' })

  await page.getByRole('link', { name: 'Pulp Fiction' }).click()
  const inspector = page.getByRole('complementary', { name: 'Item Pulp Fiction' })
  // What is changed in the table is no change of somebody else's.
  await inspector.getByLabel('year').fill('1996')
  await page.getByRole('button', { name: /change director of Pulp Fiction/ }).click()
  await page.getByLabel('director of Pulp Fiction').fill('Q. Tarantino')
  await page.getByLabel('director of Pulp Fiction').press('Enter')
  await expect(inspector.getByLabel('director')).toHaveValue('Q. Tarantino')
  await expect(inspector.getByLabel('year')).toHaveValue('1996')
  await inspector.getByLabel('director').fill('Quentin Tarantino')
  await inspector.getByRole('button', { name: 'Save changes' }).click()
  await expect(inspector.getByRole('button', { name: 'Undo' })).toBeDisabled()
  expect((await api.get('/api/movies/Pulp%20Fiction', JWT)).body).toEqual({
    ...{ id: 'Pulp Fiction', director: 'Quentin Tarantino', year: 1996 },
  })

  await inspector.getByLabel('year').fill('1994')
  // Somebody else is quicker.
  const path = `${server.origin}/api/movies/Pulp%20Fiction`
  const headers = { 'Content-Type': 'application/json', Authorization: `Bearer ${JWT}` }
  await fetch(path, { method: 'PATCH', headers, body: '{"year":1993}' })
  await inspector.getByRole('button', { name: 'Save changes' }).click()
  await inspector.getByRole('button', { name: 'Load theirs' }).click()
  await expect(inspector.getByLabel('year')).toHaveValue('1993')
  await inspector.getByLabel('year').fill('1994')
  await inspector.getByRole('button', { name: 'Save changes' }).click()
  await expect(page.getByRole('status')).toContainText('“Pulp Fiction” saved')

  await page.getByRole('button', { name: 'Add an item' }).click()
  const form = page.getByRole('complementary', { name: 'Add an item' })
  await form.getByLabel('id').fill('A film of mine')
  await form.getByLabel('director').fill('Quentin Tarantino')
  await form.getByLabel('year').fill('2026')
  await form.getByRole('button', { name: 'Add item' }).click()
  const mine = page.getByRole('complementary', { name: 'Item A film of mine' })
  await mine.getByRole('button', { name: 'Delete…' }).click()
  const ask = page.getByRole('alertdialog')
  await expect(ask).toContainText('movie:A film of mine')
  await ask.getByRole('button', { name: 'Delete item' }).click()
  await expect(page.getByRole('status')).toContainText('“A film of mine” deleted')
  expect((await api.get('/api/movies/A%20film%20of%20mine', JWT)).status).toBe(404)

  // A text of several lines stays one.
  await store.call('HSET', 'movie:Lines', 'director', 'one\ntwo', 'year', '1900')
  await page.goto(`${server.origin}/console/data/movies?item=Lines`)
  const lines = page.getByRole('complementary', { name: 'Item Lines' })
  await lines.getByLabel('director').press('End')
  await lines.getByLabel('director').press('!')
  await lines.getByRole('button', { name: 'Save changes' }).click()
  await expect(page.getByRole('status')).toContainText('“Lines” saved')
  const saved = String(await store.call('HGET', 'movie:Lines', 'director'))
  expect(saved.replace('!', '')).toBe('one\ntwo')

  // Signing out leads to the start, and not to signing in again.
  await page.getByRole('button', { name: `Account: ${admin.user}` }).click()
  await page.getByRole('button', { name: 'Sign out' }).click()
  await page.waitForURL(`${server.origin}/`)
  await expect(page.getByRole('link', { name: 'Sign in' })).toBeVisible()
})

test('the reference has every operation of the document, finds them, and sends a call as somebody or nobody', async ({
  page,
  server,
  store,
  api,
}) => {
  const { user, password } = await account(store, 'reader@home.org')
  const document = (await api.get('/api/openapi.json')).body
  await logIn(page, server.origin, { user, password })
  await page.goto(`${server.origin}/reference`)
  for (const [path, methods] of Object.entries<Record<string, { operationId: string }>>(
    document.paths,
  )) {
    for (const [method, { operationId }] of Object.entries(methods)) {
      const article = page.locator(`article[aria-labelledby="${operationId}"] .endpoint`)
      await expect(article).toHaveText(`${method.toUpperCase()}${path}`)
    }
  }
  await page.getByLabel('Find an operation').fill('movies read')
  const nav = page.getByRole('navigation', { name: 'Reference' })
  await nav.getByRole('link', { name: 'Read one' }).click()
  await page.getByRole('button', { name: 'Try it GET /api/movies/{id}', exact: true }).click()
  const article = page.locator('article[aria-labelledby="getItem_movies"]')
  await article.getByLabel('id', { exact: true }).fill('Pulp Fiction')
  await expect(article.getByRole('tabpanel')).toContainText(
    `${server.origin}/api/movies/Pulp%20Fiction`,
  )
  await article.getByRole('button', { name: 'Send' }).click()
  const answer = article.getByRole('region', { name: 'Answer', exact: true })
  await expect(answer).toContainText('200')
  await expect(answer).toContainText('Quentin Tarantino')
  await article.getByLabel('As').selectOption('Nobody')
  await article.getByRole('button', { name: 'Send' }).click()
  await expect(answer).toContainText('authentication-required')

  await article.getByRole('tab', { name: 'Python' }).click()
  await expect(article.getByRole('tabpanel')).toContainText('requests.get(')
  await page.reload()
  await expect(article.getByRole('tabpanel')).toContainText('requests.get(')
})

test('the start page sends its first call; the theme is kept, and there before the first paint', async ({
  page,
  server,
}) => {
  await page.goto(server.origin)
  await page.getByRole('button', { name: 'Send it' }).click()
  await expect(page.getByRole('region', { name: 'Answer', exact: true })).toContainText('200')
  const button = page.getByRole('button', { name: /^Theme/ })
  await button.click()
  await button.click()
  await expect(page.getByRole('button', { name: 'Theme: dark' })).toBeVisible()
  const html = await (await page.request.get(server.origin)).text()
  expect(html).toContain('data-theme="dark"')

  const llms = await (await page.request.get(`${server.origin}/llms.txt`)).text()
  expect(llms).toContain(`${server.origin}/api/openapi.json`)
  expect(llms).toContain(`${server.origin}/api/movies`)
})
