import { parseArgs } from 'node:util'
import { gzipSync } from 'node:zlib'
import { type Browser, chromium } from '@playwright/test'
import { CHROMIUM } from '../test/support/chromium.ts'
import { startApi } from '../test/support/start-api.ts'
import { median } from './results.ts'

const HELP = `npm run bench -- pages [--rounds 5]

How long a browser that has nothing yet takes to draw the largest part of a page (largest contentful paint),
and what the page loads of JavaScript, in the system's Chromium; CHROMIUM names another.`

const PATHS = ['/', '/reference']
const KB = 1_024

interface Visit {
  paintedMs: number
  scriptsKb: number
}

/** Opens a page in a browser window of its own: nothing is cached. */
async function visit(browser: Browser, url: string): Promise<Visit> {
  const context = await browser.newContext()
  const page = await context.newPage()
  const sizes: Promise<number>[] = []
  page.on('response', (response) => {
    if (response.request().resourceType() !== 'script') return
    sizes.push(response.body().then((body) => gzipSync(body).length / KB))
  })
  await page.goto(url, { waitUntil: 'networkidle' })
  const paintedMs = await page.evaluate(
    () =>
      new Promise<number>((resolve) => {
        new PerformanceObserver((list) => {
          resolve(list.getEntries().at(-1)?.startTime ?? Number.NaN)
        }).observe({ type: 'largest-contentful-paint', buffered: true })
      }),
  )
  const scriptsKb = (await Promise.all(sizes)).reduce((sum, size) => sum + size, 0)
  await context.close()
  return { paintedMs, scriptsKb }
}

async function main(rounds: number): Promise<void> {
  const server = await startApi({ host: 'serve', engine: 'embedded' })
  const browser = await chromium.launch(CHROMIUM)
  console.log(
    `| page | largest contentful paint, ms, median of ${rounds} | JavaScript, KB of gzip |`,
  )
  console.log('|---|---|---|')
  for (const path of PATHS) {
    // The first one is answered by code that was never run.
    await visit(browser, `${server.origin}${path}`)
    const visits: Visit[] = []
    for (let round = 0; round < rounds; round++) {
      visits.push(await visit(browser, `${server.origin}${path}`))
    }
    const painted = median(visits.map(({ paintedMs }) => paintedMs))
    const scripts = Math.max(...visits.map(({ scriptsKb }) => scriptsKb))
    console.log(`| \`${path}\` | ${Math.round(painted)} | ${scripts.toFixed(1)} |`)
  }
  await browser.close()
  await server.stop()
}

const { values } = parseArgs({
  args: process.argv.slice(3),
  options: {
    rounds: { type: 'string', default: '5' },
    help: { type: 'boolean', default: false },
  },
})
if (values.help) console.log(HELP)
else await main(Number(values.rounds))
