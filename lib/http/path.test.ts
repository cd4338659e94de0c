import { expect, test } from '@playwright/test'
import fc from 'fast-check'
import { normalPath, redirectOf } from './path.ts'

test('slashes and dots are read in one way, in every spelling', () => {
  for (const [path, normal] of [
    ['/', '/'],
    ['//', '/'],
    ['/api/movies', '/api/movies'],
    ['/api/movies/', '/api/movies'],
    ['/api//movies', '/api/movies'],
    ['//api/movies', '/api/movies'],
    ['/api/./movies', '/api/movies'],
    ['/api/%2e/movies/.', '/api/movies'],
    ['/api/x/..', '/api'],
    ['/api/x/%2E./movies', '/api/movies'],
    ['/api/x/.%2e', '/api'],
    ['/../../api', '/api'],
    ['/api\\movies', '/api/movies'],
    ['/\\example.com', '/example.com'],
    ['/.well-known/jwks.json', '/.well-known/jwks.json'],
    ['/api/movies/...', '/api/movies/...'],
    ['/api/movies/a..b', '/api/movies/a..b'],
    ['/api/movies/%2e%2e%2f', '/api/movies/%2e%2e%2f'],
    ['/api/movies/%zz', '/api/movies/%zz'],
    ['/api/movies/a%2Fb', '/api/movies/a%2Fb'],
  ] as const) {
    expect(normalPath(path), path).toBe(normal)
  }
})

test('a normal form stays, begins on this host, and is what the URL standard makes of it', () => {
  const part = fc.constantFrom('/', '\\', '.', '%2e', '%2E', 'a', '%2f', 'api', '..')
  const paths = fc.array(part, { maxLength: 12 }).map((parts) => `/${parts.join('')}`)
  fc.assert(
    fc.property(paths, (path) => {
      const normal = normalPath(path)
      const stays = normalPath(normal) === normal
      const isPath = new URL(normal, 'http://localhost').href === `http://localhost${normal}`
      return stays && isPath && /^\/(?![/\\])/.test(normal)
    }),
    { numRuns: 2_000 },
  )
})

test('what is not in its normal form is sent there, query and all; a preflight stays', () => {
  const url = { pathname: '/api//movies/', search: '?limit=1' }
  expect(redirectOf('GET', url)).toBe('/api/movies?limit=1')
  expect(redirectOf('OPTIONS', url)).toBeUndefined()
  expect(redirectOf('GET', { pathname: '/api/movies', search: '?x=//' })).toBeUndefined()
})
