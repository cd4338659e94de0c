import { copyFileSync, mkdirSync, mkdtempSync, readdirSync, rmSync, symlinkSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join, resolve } from 'node:path'
import { ME } from '../test/support/api.ts'
import { expect, test } from '../test/support/fixtures.ts'
import { raw } from '../test/support/raw.ts'
import { startApi } from '../test/support/start-api.ts'

// `npm run serve` with pages that Next has built, and without.

/** What stands in the place of a path's variable. */
const EXAMPLES: Record<string, string> = { '[slug]': 'not-found', '[collection]': 'movies' }

/** A path of every page below `app`, and of some that nobody has. */
function pagePaths(): string[] {
  const files = readdirSync('app', { recursive: true, encoding: 'utf8' })
  const found = files
    .filter((file) => /(^|\/)(page\.tsx|route\.ts)$/.test(file))
    .map((file) => dirname(file))
    .filter((folder) => !/^(api|v1|\.well-known)(\/|$)/.test(folder))
    .map((folder) => folder.split('/').filter((name) => !/^(\.|\(.*\))$/.test(name)))
    .map(
      (names) =>
        `/${names.map((name) => EXAMPLES[name] ?? name.replace(/^\[.*\]$/, 'x')).join('/')}`,
    )
  return [
    ...found,
    '/nobody/has/this',
    '/_next/static/nothing.js',
    '/problems/nothing',
    '/icon.svg',
  ]
}

/** Of a moment, of a server or of one answer. */
const CHANGING =
  /[\da-f]{8}-[\da-f]{4}-[\da-f]{4}-[\da-f]{4}-[\da-f]{12}|127\.0\.0\.1:\d+|dur=[\d.]+/g
const OF_THE_CONNECTION = [
  'connection',
  'date',
  'keep-alive',
  'transfer-encoding',
  'content-length',
]

async function shown(url: string, init: RequestInit = {}): Promise<Record<string, unknown>> {
  const response = await fetch(url, { redirect: 'manual', ...init })
  const headers = [...response.headers]
    .filter(([name]) => !OF_THE_CONNECTION.includes(name))
    .map(([name, value]) => `${name}: ${value.replace(CHANGING, '*')}`)
  const text = (await response.text()).replace(CHANGING, '*')
  return { status: response.status, headers: headers.sort(), text }
}

test('it shows every page and every file that npm start shows, with the same headers', async ({
  api,
  server,
  store,
}) => {
  const { origin } = server
  const env = { APP_ORIGIN: origin }
  const start = await startApi({ host: 'start', store: store.gateway, env })
  const login = await api.post('/api/auth/login', ME)
  const Cookie = login.headers
    .getSetCookie()
    .map((cookie) => cookie.split(';')[0])
    .join('; ')
  const same = async (path: string, init: RequestInit = {}): Promise<string> => {
    const here = await shown(`${origin}${path}`, init)
    expect(here, path).toEqual(await shown(`${start.origin}${path}`, init))
    return String(here['text'])
  }
  try {
    const pages = pagePaths()
    expect(pages).toContain('/')
    const files = new Set<string>()
    for (const path of pages) {
      for (const headers of [{}, { Cookie }] as HeadersInit[]) {
        const text = await same(path, { headers })
        for (const [file] of text.matchAll(/\/_next\/static\/[^"'\\ )]+/g)) files.add(file)
      }
    }
    expect([...files].some((file) => file.endsWith('.js'))).toBe(true)
    for (const file of files) await same(file)
    for (const init of [
      { method: 'HEAD' },
      { method: 'POST', body: 'x' },
      { headers: { RSC: '1' } },
    ])
      await same('/', init)
  } finally {
    await start.stop()
  }
})

test('the first page works in a browser, and a page calls the API', async ({ page, server }) => {
  const faults: string[] = []
  page.on('console', (message) => {
    if (message.type() === 'error') faults.push(message.text())
  })
  page.on('pageerror', (error) => faults.push(error.message))
  await page.goto(server.origin)
  await page.waitForLoadState('networkidle')
  const status = await page.evaluate(async () => (await fetch('/api/health')).status)
  expect(status).toBe(200)
  expect(faults).toEqual([])
})

test('beside pages the API is answered without Next, and what never was a request is refused as before', async ({
  api,
  server,
}) => {
  expect((await fetch(server.origin)).status).toBe(200)
  expect(await api.get('/api/nope')).toBeProblem('not-found')
  expect(await api.get('/_error')).toBeProblem('not-found')
  expect(await api.get('/%zz')).toBeProblem('invalid-request')
  const trace = 'TRACE / HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n'
  expect(await raw(server.origin, trace)).toMatch(/^HTTP\/1\.1 405 /)
  const upload = 'POST / HTTP/1.1\r\nHost: x\r\nContent-Length: 70000\r\n\r\n'
  expect(await raw(server.origin, upload)).toMatch(/^HTTP\/1\.1 413 /)
  // What Next alone would have answered.
  const rsc = await api.send('/api/books/emma', { headers: { RSC: '1' } })
  expect(rsc.headers.get('vary')).toBe('Origin')
  expect(rsc.body).toMatchObject({ id: 'emma' })
})

test('without a build it has the pages of problems and accounts', async ({ store }) => {
  const folder = mkdtempSync(join(tmpdir(), 'usher-no-pages-'))
  mkdirSync(join(folder, 'local'))
  for (const file of ['run.mjs', 'words.mjs']) {
    copyFileSync(join('local', file), join(folder, 'local', file))
  }
  symlinkSync(resolve('dist'), join(folder, 'dist'))
  const server = await startApi({ host: 'serve', store: store.gateway, place: { cwd: folder } })
  try {
    const { api } = server
    expect((await api.get('/problems/not-found')).text).toContain('not-found')
    expect((await api.get('/account/verify')).text).toContain('Confirm')
    const none = await api.get('/')
    expect([none.status, none.text]).toEqual([
      404,
      'There is no page here. The API is under /api.\n',
    ])
    expect((await api.get('/_next/static/x.js')).status).toBe(404)
  } finally {
    await server.stop()
    rmSync(folder, { recursive: true })
  }
})
