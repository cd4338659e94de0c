import { type ChildProcess, spawn } from 'node:child_process'
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { createServer } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { Browser, BrowserContext, Page } from '@playwright/test'

/** `npm run screenshots`: makes the pictures of the pages anew, from a server and a store of its own. */
const FOLDER = join('docs', 'screenshots')
const SIZE = { width: 1_280, height: 800 }
const QUALITY = 0.82
const EVERY_LOOK_MS = 10_500
/** A machine that is busy takes its time. */
const MOST_WAIT_MS = 120_000

interface Served {
  origin: string
  /** Passwords by address. */
  accounts: ReadonlyMap<string, string>
  process: ChildProcess
}

await main()

async function main(): Promise<void> {
  const store = mkdtempSync(join(tmpdir(), 'usher-screenshots-'))
  const served = await serve(store)
  // A development dependency: what is built does not need it.
  const { chromium } = await import('@playwright/test')
  const executablePath = process.env['CHROMIUM'] ?? '/usr/bin/chromium'
  const browser = await chromium.launch({ executablePath, args: ['--no-sandbox'] })
  try {
    mkdirSync(FOLDER, { recursive: true })
    await takeAll(browser, served)
  } finally {
    await browser.close()
    served.process.kill()
    await new Promise((resolve) => served.process.once('exit', resolve))
    rmSync(store, { recursive: true, force: true })
  }
}

/** Starts `npm run up` with a store that goes with it. */
async function serve(store: string): Promise<Served> {
  const port = await freePort()
  const env = { ...process.env, PORT: String(port), USHER_STORE_FOLDER: store }
  const child = spawn(process.execPath, ['local/run.mjs', 'up'], {
    env,
    stdio: ['ignore', 'pipe', 'inherit'],
  })
  const output = await new Promise<string>((resolve, reject) => {
    let text = ''
    child.stdout.on('data', (chunk) => {
      text += chunk
      if (text.includes('Stop: Ctrl+C')) resolve(text)
    })
    child.once('exit', (code) => reject(new Error(`the server ended with ${code}: ${text}`)))
  })
  const named = output.matchAll(/(\S+@\S+) \/ (\S+) \(level/g)
  const accounts = new Map([...named].map(([, user = '', password = '']) => [user, password]))
  return { origin: `http://localhost:${port}`, accounts, process: child }
}

async function freePort(): Promise<number> {
  const server = createServer()
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  const address = server.address()
  await new Promise((resolve) => server.close(resolve))
  if (address === null || typeof address === 'string') throw new TypeError('no port')
  return address.port
}

async function takeAll(browser: Browser, served: Served): Promise<void> {
  const { origin } = served
  const light = await browser.newContext({ viewport: SIZE, colorScheme: 'light' })
  const dark = await browser.newContext({ viewport: SIZE, colorScheme: 'dark' })
  for (const context of [light, dark]) context.setDefaultTimeout(MOST_WAIT_MS)
  const take = async (page: Page, name: string): Promise<void> => {
    await page.waitForLoadState('networkidle')
    writeFileSync(join(FOLDER, `${name}.webp`), await asWebp(dark, await page.screenshot()))
    console.log(join(FOLDER, `${name}.webp`))
  }

  const visitor = await light.newPage()
  await visitor.goto(origin)
  await take(visitor, 'start')
  await visitor.goto(`${origin}/reference#listKeys`)
  const here = visitor.getByRole('navigation', { name: 'Reference' }).locator('[aria-current]')
  await here.waitFor()
  await take(visitor, 'reference')

  const owner = await dark.newPage()
  await signIn(owner, served, 'me@home.org', '/account/keys')
  await owner.getByRole('button', { name: 'Create API key' }).click()
  await owner.getByLabel('Name').fill('Notebook')
  await owner.getByRole('checkbox', { name: /^Read/ }).first().check()
  await owner.getByRole('dialog').getByRole('button', { name: 'Create API key' }).click()
  await owner.getByRole('heading', { name: /^Copy/ }).waitFor()
  await take(owner, 'keys')

  const admin = await light.newPage()
  await signIn(admin, served, 'admin@home.org', '/console')
  await admin.getByRole('heading', { name: /^Operations/ }).waitFor()
  await makeTraffic(admin)
  await take(admin, 'console')
  await admin.goto(`${origin}/console/users?user=me@home.org`)
  await admin.getByRole('button', { name: 'Save changes' }).waitFor()
  await take(admin, 'users')
  await admin.goto(`${origin}/console/data/${await largestCollection(admin)}`)
  await admin.getByRole('table').getByRole('link').nth(4).click()
  await admin.getByRole('button', { name: 'Save changes' }).waitFor()
  await take(admin, 'data')
}

async function signIn(
  page: Page,
  { origin, accounts }: Served,
  user: string,
  returnTo: string,
): Promise<void> {
  await page.goto(`${origin}/signin?returnTo=${returnTo}`)
  await page.getByLabel('Address').fill(user)
  await page.getByLabel('Password').fill(accounts.get(user) ?? '')
  await page.getByRole('button', { name: 'Sign in', exact: true }).click()
  await page.waitForURL(`${origin}${returnTo}`)
}

/** Real calls, so that the console has something to show: the figures are those of this server. */
async function makeTraffic(page: Page): Promise<void> {
  for (const calls of [24, 9, 40, 31]) {
    await page.evaluate(async (count) => {
      const paths = ['/api/profile', '/api/keys', '/api/users', '/api/absent']
      for (let at = 0; at < count; at++) {
        // An answer that nobody reads is on its way for ever, and the network never idle.
        await (await fetch(paths[at % paths.length] ?? '/')).text()
      }
    }, calls)
    await page.waitForTimeout(EVERY_LOOK_MS)
  }
}

/** The collection with most items. */
async function largestCollection(page: Page): Promise<string> {
  const links = page.getByRole('navigation', { name: 'Console' }).locator('a[href*="/data/"]')
  const names = await links.allTextContents()
  const counted = await page.evaluate(
    (all) =>
      Promise.all(
        all.map(async (name) => {
          const answer = await fetch(`/api/${name}?limit=1&count=exact`)
          const { count = 0 }: { count?: number } = await answer.json()
          return { name, count }
        }),
      ),
    names,
  )
  const [first] = counted.sort((a, b) => b.count - a.count)
  if (first === undefined) throw new Error('there is no collection to show')
  return first.name
}

/** A picture in a fifth of the bytes; the browser has the encoder. */
async function asWebp(context: BrowserContext, png: Buffer): Promise<Buffer> {
  const page = await context.newPage()
  const url = await page.evaluate(
    async ([source, quality]) => {
      const image = new Image()
      image.src = source
      await image.decode()
      const canvas = document.createElement('canvas')
      canvas.width = image.width
      canvas.height = image.height
      canvas.getContext('2d')?.drawImage(image, 0, 0)
      return canvas.toDataURL('image/webp', quality)
    },
    [`data:image/png;base64,${png.toString('base64')}`, QUALITY] as const,
  )
  await page.close()
  return Buffer.from(url.replace(/^.*,/, ''), 'base64')
}
