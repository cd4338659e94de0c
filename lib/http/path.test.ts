import { expect, test } from '@playwright/test'
import fc from 'fast-check'
import { normalPath, redirectOf } from './path.ts'

test('slashes and dots are read in one way, in every spelling', () => {
  for (const [path, normal] of [
    ['/', '/'],
    ['//', '/'],
    ['/api/stars', '/api/stars'],
    ['/api/stars/', '/api/stars'],
    ['/api//stars', '/api/stars'],
    ['//api/stars', '/api/stars'],
    ['/api/./stars', '/api/stars'],
    ['/api/%2e/stars/.', '/api/stars'],
    ['/api/x/..', '/api'],
    ['/api/x/%2E./stars', '/api/stars'],
    ['/api/x/.%2e', '/api'],
    ['/../../api', '/api'],
    ['/api\\stars', '/api/stars'],
    ['/\\example.com', '/example.com'],
    ['/.well-known/jwks.json', '/.well-known/jwks.json'],
    ['/api/stars/...', '/api/stars/...'],
    ['/api/stars/a..b', '/api/stars/a..b'],
    ['/api/stars/%2e%2e%2f', '/api/stars/%2e%2e%2f'],
    ['/api/stars/%zz', '/api/stars/%zz'],
    ['/api/stars/a%2Fb', '/api/stars/a%2Fb'],
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
  const url = { pathname: '/api//stars/', search: '?limit=1' }
  expect(redirectOf('GET', url)).toBe('/api/stars?limit=1')
  expect(redirectOf('OPTIONS', url)).toBeUndefined()
  expect(redirectOf('GET', { pathname: '/api/stars', search: '?x=//' })).toBeUndefined()
})
