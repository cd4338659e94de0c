import { readFileSync } from 'node:fs'
import { gzipSync } from 'node:zlib'
import { expect, test } from './support/fixtures.ts'

/** Of the design, in KB of gzip; what an edge platform loads before the first byte. */
const LARGEST_MIDDLEWARE = 90
const LARGEST_ROUTE = 185

interface Bundle {
  files: string[]
}

test('the middleware and every route stay within their sizes, and all run at the edge', () => {
  const manifest: { middleware: Record<string, Bundle>; functions: Record<string, Bundle> } =
    JSON.parse(readFileSync('.next/server/middleware-manifest.json', 'utf8'))
  const size = ({ files }: Bundle): number =>
    files
      .filter((file) => file.endsWith('.js'))
      .reduce((sum, file) => sum + gzipSync(readFileSync(`.next/${file}`)).length / 1_024, 0)

  const middleware = Object.values(manifest.middleware)
  expect(middleware).toHaveLength(1)
  for (const bundle of middleware) expect(size(bundle)).toBeLessThan(LARGEST_MIDDLEWARE)
  const routes = Object.entries(manifest.functions)
  expect(routes.filter(([name]) => /^\/(api|v1)\//.test(name)).length).toBeGreaterThanOrEqual(13)
  for (const [name, bundle] of routes) expect(size(bundle), name).toBeLessThan(LARGEST_ROUTE)
})
