import { gzipSync } from 'node:zlib'
import AxeBuilder from '@axe-core/playwright'
import type { BrowserContext, Page } from '@playwright/test'
import { account } from '../test/support/accounts.ts'
import { expect, test } from '../test/support/fixtures.ts'
import { answerInTurn, layoutShift, logIn, overhang, watch } from '../test/support/pages.ts'
import { freePort } from '../test/support/processes.ts'
import { type ServerApi, startApi } from '../test/support/start-api.ts'

/** In KB of gzip: what a page loads of JavaScript. */
const LARGEST_SCRIPTS_KB = 180
const WIDTHS = [1280, 375] as const
/** What is worth a second look in the other theme. */
const COLOURS = ['color-contrast', 'link-in-text-block']
/** The reference says the same of each operation: in one width and one theme axe looks at all, else at some of each part. */
const REPEATED = '.operation:nth-of-type(n + 4)'

/** Of a page, by itself: less than a person sees. */
const LARGEST_JUMP = 0.02

interface Shown {
  path: string
  status?: number
  /** Stands on the page once what it is about has been loaded. */
  has: (page: Page) => ReturnType<Page['getByRole']>
}

const heading = (name: string | RegExp) => (page: Page) =>
  page.getByRole('heading', { level: 1, name })

const FOR_EVERYBODY: readonly Shown[] = [
  { path: '/', has: heading(/Usher/) },
  { path: '/reference', has: heading('Reference') },
  { path: '/problems', has: heading('Problems') },
  { path: '/problems/quota-exceeded', has: heading('Too many requests') },
  {
    path: '/signin',
    has: (page) => page.getByRole('button', { name: 'Continue with GitHub' }),
  },
  { path: '/register', has: heading('Create an account of Usher') },
  { path: '/forgot', has: heading('Choose a new password') },
  { path: '/account/verify', has: heading('Confirm your address') },
  { path: '/account/reset', has: heading('Choose a new password') },
  { path: '/nothing', status: 404, has: heading('There is nothing here') },
]

const FOR_ADMINS: readonly Shown[] = [
  { path: '/account', has: (page) => page.getByRole('button', { name: 'Save name' }) },
  { path: '/account/keys', has: (page) => page.getByText('No API keys yet') },
  { path: '/account/usage', has: (page) => page.getByRole('heading', { name: 'By API key' }) },
  { path: '/account/sessions', has: (page) => page.getByText('This one') },
  {
    path: '/account/security',
    has: (page) => page.getByRole('link', { name: 'Connect GitHub' }),
  },
  { path: '/console', has: (page) => page.getByRole('heading', { name: /^Operations/ }) },
  {
    path: '/console/users?user=me@home.org',
    has: (page) => page.getByRole('button', { name: 'Save changes' }),
  },
  { path: '/console/usage', has: heading('Usage') },
  { path: '/console/events', has: (page) => page.getByText('signed in').first() },
  {
    path: '/console/data/movies?item=Pulp Fiction',
    has: (page) => page.getByRole('button', { name: 'Save changes' }),
  },
]

/** At an origin with a name and a provider, so that pages show every way to sign in. */
let site: ServerApi
let origin = ''
test.beforeAll(async ({ store, host }) => {
  const port = await freePort()
  origin = `http://localhost:${port}`
  const { url } = store.proxy
  const { token } = store.gateway
  const env = {
    APP_ORIGIN: origin,
    OAUTH_GITHUB_CLIENT_ID: 'usher',
    OAUTH_GITHUB_CLIENT_SECRET: 'a secret',
  }
  site = await startApi({ host, port, store: { url, token }, env })
})
test.afterAll(() => site.stop())

/** Looks at pages one after the other, in one width, in both themes. */
async function look(
  context: BrowserContext,
  width: number,
  pages: readonly Shown[],
): Promise<void> {
  const page = await context.newPage()
  await page.setViewportSize({ width, height: 900 })
  const faults = watch(page, origin, / 404 \(Not Found\)/)
  await answerInTurn(page)
  const sizes = new Map<string, number>()
  page.on('response', async (response) => {
    if (response.request().resourceType() !== 'script') return
    const body = await response.body().catch(() => Buffer.alloc(0))
    sizes.set(response.url(), gzipSync(body).length / 1_024)
  })
  for (const { path, status = 200, has } of pages) {
    const where = `${path} at ${width} px`
    sizes.clear()
    await page.emulateMedia({ colorScheme: 'light', reducedMotion: 'reduce' })
    const response = await page.goto(`${origin}${path}`)
    expect.soft(response?.status(), where).toBe(status)
    await expect.soft(has(page), where).toBeVisible()
    await page.waitForLoadState('networkidle')
    expect.soft(await overhang(page), `a horizontal bar, ${where}`).toBeLessThanOrEqual(0)
    expect.soft(await layoutShift(page), `a jump, ${where}`).toBeLessThan(LARGEST_JUMP)
    const scripts = [...sizes.values()].reduce((sum, size) => sum + size, 0)
    expect.soft(scripts, `JavaScript of ${where}`).toBeLessThan(LARGEST_SCRIPTS_KB)
    const isFirst = width === WIDTHS[0]
    const light = await axe(page, isFirst ? undefined : REPEATED).analyze()
    expect.soft(wrongs(light), where).toEqual([])
    await page.emulateMedia({ colorScheme: 'dark' })
    const dark = await axe(page, REPEATED).withRules(COLOURS).analyze()
    expect.soft(wrongs(dark), `${where}, dark`).toEqual([])
  }
  expect.soft(faults).toEqual({ errors: [], elsewhere: [] })
  await page.close()
}

function axe(page: Page, except: string | undefined): AxeBuilder {
  // In the page itself, which has no frames, and of what is wrong alone: a third of the time.
  const builder = new AxeBuilder({ page }).setLegacyMode().options({ resultTypes: ['violations'] })
  return except === undefined ? builder : builder.exclude(except)
}

function wrongs({ violations }: Awaited<ReturnType<AxeBuilder['analyze']>>): string[] {
  return violations.flatMap(({ id, nodes }) =>
    nodes.map(({ target, failureSummary }) => `${id} ${target.join(' ')} ${failureSummary}`),
  )
}

for (const width of WIDTHS) {
  test(`pages for everybody are whole at ${width} px, light and dark: axe finds nothing, nothing jumps`, async ({
    context,
  }) => {
    // The reference has every operation: axe takes long over it.
    test.slow()
    await look(context, width, FOR_EVERYBODY)
  })

  test(`so are those of an account and of admins, at ${width} px`, async ({ context, store }) => {
    const admin = await account(store, `look-${width}@home.org`, { level: '9' })
    const page = await context.newPage()
    await logIn(page, origin, admin)
    await page.close()
    await look(context, width, FOR_ADMINS)
  })
}
