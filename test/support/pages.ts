import type { Page } from '@playwright/test'

/** What a page did that it must not do. */
export interface Faults {
  /** What the browser has to say against it, and what its scripts threw. */
  errors: string[]
  /** Requests to other origins. */
  elsewhere: string[]
}

/** Watches a page; what a test asks for on purpose is left out by `expected`. */
export function watch(page: Page, origin: string, expected: RegExp = /$^/): Faults {
  const faults: Faults = { errors: [], elsewhere: [] }
  page.on('console', (message) => {
    const text = `${message.text()} ${message.location().url}`
    if (message.type() === 'error' && !expected.test(text)) faults.errors.push(text)
  })
  page.on('pageerror', (error) => faults.errors.push(error.message))
  page.on('request', (request) => {
    const url = request.url()
    if (!url.startsWith(origin) && !/^(data|blob|about):/.test(url)) faults.elsewhere.push(url)
  })
  return faults
}

/** Signs in by the page, as a person does, and waits for where that leads. */
export async function signInAt(
  page: Page,
  origin: string,
  { user, password }: { user: string; password: string },
  returnTo = '/account',
): Promise<void> {
  await page.goto(`${origin}/signin?returnTo=${encodeURIComponent(returnTo)}`)
  await page.getByLabel('Address').fill(user)
  await page.getByLabel('Password').fill(password)
  await page.getByRole('button', { name: 'Sign in', exact: true }).click()
  await page.waitForURL(`${origin}${returnTo}`)
}

/** Signs a browser in without a page of signing in: for tests that are about something else. */
export async function logIn(
  page: Page,
  origin: string,
  credentials: { user: string; password: string },
): Promise<void> {
  const answer = await page.request.post(`${origin}/api/auth/login`, {
    data: credentials,
    headers: { 'Sec-Fetch-Site': 'same-origin' },
  })
  if (answer.status() !== 200) throw new Error(`login answered ${answer.status()}`)
}

/**
 * Lets answers of the API come one after the other, each a frame after the last one was drawn: every state
 * in between is on the screen, as it is where the API is far away.
 */
export async function answerInTurn(page: Page): Promise<void> {
  const drawn = () =>
    page.evaluate(
      () =>
        new Promise((done) => {
          requestAnimationFrame(() => requestAnimationFrame(done))
        }),
    )
  let last: Promise<unknown> = Promise.resolve()
  await page.route('**/api/**', async (route) => {
    const response = await route.fetch()
    // A page that was left draws nothing more, and wants no answer.
    const answer = () => drawn().then(() => route.fulfill({ response }))
    last = last.then(answer).catch(() => undefined)
  })
}

/** How far what is wider than the window can be scrolled to the side. */
export function overhang(page: Page): Promise<number> {
  return page.evaluate(
    () => document.documentElement.scrollWidth - document.documentElement.clientWidth,
  )
}

/** How much of the page moved by itself, as the browser counts it (Layout Instability). */
export function layoutShift(page: Page): Promise<number> {
  return page.evaluate(
    () =>
      new Promise<number>((resolve) => {
        let sum = 0
        const observer = new PerformanceObserver((list) => {
          for (const entry of list.getEntries()) {
            const { value, hadRecentInput } = entry as unknown as {
              value: number
              hadRecentInput: boolean
            }
            if (!hadRecentInput) sum += value
          }
        })
        observer.observe({ type: 'layout-shift', buffered: true })
        requestAnimationFrame(() =>
          setTimeout(() => {
            observer.disconnect()
            resolve(sum)
          }),
        )
      }),
  )
}
