import { build } from 'esbuild'
import { expect, test } from '../test/support/fixtures.ts'

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

test('two tabs with one token that is over refresh one after the other, and keep one session', async ({
  context,
  server,
}) => {
  const { outputFiles } = await build({
    stdin: { contents: "export { UsherClient } from './lib/client.ts'", resolveDir: '.' },
    bundle: true,
    write: false,
    format: 'iife',
    globalName: 'usher',
    logLevel: 'silent',
  })
  const client = `${outputFiles[0]?.text}
    var store = {
      get: () => JSON.parse(localStorage.getItem('tokens') ?? 'null') ?? undefined,
      set: (tokens) => localStorage.setItem('tokens', JSON.stringify(tokens ?? null)),
    }
    var client = new usher.UsherClient({ url: '', credential: { tokens: store } })`
  const tabs = [await context.newPage(), await context.newPage()]
  let running = 0
  let mostAtOnce = 0
  await context.route('**/api/auth/refresh', async (route) => {
    mostAtOnce = Math.max(mostAtOnce, ++running)
    const response = await route.fetch()
    running--
    await route.fulfill({ response })
  })
  for (const tab of tabs) {
    await tab.goto(`${server.origin}/problems/not-found`)
    await tab.evaluate(client)
  }
  await tabs[0]?.evaluate(`client.signIn('me@home.org', 'password')`)
  await tabs[0]?.evaluate('store.set({ ...store.get(), expiresAt: 0 })')
  const read = `client.get('movies', 'Pulp Fiction').then(({ year }) => year)`
  expect(await Promise.all(tabs.map((tab) => tab.evaluate(read)))).toEqual([1994, 1994])
  // What one tab stores may reach another late: that one repeats the refresh, and gets the same answer.
  expect(mostAtOnce).toBe(1)
  const kept = await Promise.all(tabs.map((tab) => tab.evaluate('store.get().refresh')))
  expect(new Set(kept).size).toBe(1)
  await tabs[1]?.evaluate('store.set({ ...store.get(), expiresAt: 0 })')
  expect(await tabs[1]?.evaluate(read)).toBe(1994)
})
