import { expect, test } from '../test/support/fixtures.ts'
import { functionSizes, LARGEST_MIDDLEWARE_KB, largestOf } from '../test/support/sizes.ts'

test('the middleware and every route stay within their sizes, and all run at the edge', () => {
  const { middleware, routes } = functionSizes()
  expect(middleware).toHaveLength(1)
  for (const { gzipKB } of middleware) expect(gzipKB).toBeLessThan(LARGEST_MIDDLEWARE_KB)
  expect(routes.filter(({ name }) => /^\/(api|v1)\//.test(name)).length).toBeGreaterThanOrEqual(13)
  for (const { name, gzipKB } of routes) expect(gzipKB, name).toBeLessThan(largestOf(name))
})
