import { build } from 'esbuild'
import { expect, test } from './support/fixtures.ts'

test.use({
  launchOptions: {
    executablePath: process.env['CHROMIUM'] ?? '/usr/bin/chromium',
    args: ['--no-sandbox', '--disable-gpu', '--no-first-run', '--disable-background-networking'],
  },
})

test('the example for the browser: a review is made, listed and taken away, with cookies alone', async ({
  page,
  server,
}) => {
  const { outputFiles } = await build({
    entryPoints: ['examples/browser.ts'],
    bundle: true,
    write: false,
    format: 'iife',
    globalName: 'example',
    logLevel: 'silent',
  })
  await page.goto(`${server.origin}/problems/not-found`)
  const texts = await page.evaluate(`${outputFiles[0]?.text}; example.review('Heat', 'By a page')`)
  expect(texts).toEqual(['By a page'])
  expect(await page.evaluate('document.cookie')).toBe('')
})
