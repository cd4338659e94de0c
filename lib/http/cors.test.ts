import { expect, test } from '@playwright/test'
import { setCorsHeaders, setPreflightHeaders } from './cors.ts'

const ALLOWED = ['https://app.example.com', 'http://localhost:3000']

function answered(origin: string | null): Headers {
  const headers = new Headers()
  setCorsHeaders(headers, origin, ALLOWED)
  return headers
}

test('an origin on the list is named back, as it is', () => {
  for (const origin of ALLOWED) {
    expect(answered(origin).get('access-control-allow-origin')).toBe(origin)
  }
})

test('an origin that only looks like one of the list gets nothing', () => {
  for (const origin of [
    'https://evil-app.example.com',
    'https://app.example.com.evil.org',
    'https://app.example.com:8443',
    'http://app.example.com',
    'https://APP.example.com',
    'null',
    '*',
    '',
  ]) {
    const headers = answered(origin)
    expect([...headers.keys()], origin).toEqual(['vary'])
  }
})

test('every answer varies by origin, and keeps what it varied by before', () => {
  for (const origin of [null, 'https://evil.example.org', ...ALLOWED]) {
    expect(answered(origin).get('vary')).toBe('Origin')
  }
  const headers = new Headers({ Vary: 'Accept' })
  setCorsHeaders(headers, null, ALLOWED)
  expect(headers.get('vary')).toBe('Accept, Origin')
})

test('credentials are never allowed: cookies are for the own origin', () => {
  const headers = answered(ALLOWED[0] ?? '')
  setPreflightHeaders(headers, 'GET, POST')
  expect(headers.has('access-control-allow-credentials')).toBe(false)
})

test('a preflight tells methods and header fields to an origin of the list alone', () => {
  const allowed = answered(ALLOWED[0] ?? '')
  setPreflightHeaders(allowed, 'GET, HEAD, OPTIONS')
  expect(allowed.get('access-control-allow-methods')).toBe('GET, HEAD, OPTIONS')
  const fields = allowed.get('access-control-allow-headers')?.toLowerCase().split(', ')
  expect(fields).toEqual(expect.arrayContaining(['authorization', 'content-type', 'if-match']))
  expect(fields).not.toContain('cookie')
  const other = answered('https://evil.example.org')
  setPreflightHeaders(other, 'GET')
  expect([...other.keys()]).toEqual(['vary'])
})
