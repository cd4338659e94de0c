import { expect, test } from '@playwright/test'
import fc from 'fast-check'
import { returnPath } from './return-to.ts'

const ORIGIN = 'https://api.example.com'

test('a path of this origin is kept, with its query', () => {
  for (const path of ['/', '/account', '/console/users?user=u_1#top', '/a//b', '/%2F%2Fhost']) {
    expect(returnPath(path, '/account')).toBe(path)
  }
})

test('what leads elsewhere, or is none, gives way', () => {
  for (const sent of [
    ...['//evil.example', '/\\evil.example', '\\\\evil.example', 'https://evil.example'],
    ...['/\t/evil.example', '/\n//evil.example', '/a\\..\\\\evil', 'javascript:alert(1)', '', null],
    undefined,
  ]) {
    expect(returnPath(sent, '/account'), String(sent)).toBe('/account')
  }
})

test('whatever is sent, a browser stays at this origin', () => {
  const part = fc.constantFrom('/', '\\', '\t', '\n', '\r', '.', '@', ':', 'evil.example', 'a', '%')
  const text = fc.array(part, { maxLength: 8 }).map((parts) => `/${parts.join('')}`)
  fc.assert(
    fc.property(text, (sent) => {
      expect(new URL(returnPath(sent, '/account'), ORIGIN).origin).toBe(ORIGIN)
    }),
  )
})
