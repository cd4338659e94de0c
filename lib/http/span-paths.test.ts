import { expect, test } from '@playwright/test'
import { dropPath } from './span-paths.ts'

function ended(name: string, attributes: Record<string, unknown>) {
  const exception = { 'exception.type': 'TypeError', 'exception.message': 'secret@home.org' }
  const span = {
    name,
    attributes: { ...attributes },
    events: [{ attributes: exception }],
    status: { code: 2, message: 'no secret@home.org' },
  }
  dropPath(span)
  expect(JSON.stringify(span)).not.toContain('secret')
  return span
}

test('an operation is named by its template, the collection by its name', () => {
  const attributes = { 'http.method': 'GET', 'http.target': '/api/movies/secret?token=secret' }
  const span = ended('GET', attributes)
  expect(span.name).toBe('GET /api/movies/{id}')
  expect(span.attributes).toMatchObject({
    'http.route': '/api/movies/{id}',
    'resource.name': 'GET /api/movies/{id}',
  })
  expect(span.events).toEqual([{ attributes: { 'exception.type': 'TypeError' } }])
})

test('by the newer names of attributes too', () => {
  const span = ended('PATCH', {
    'http.request.method': 'PATCH',
    'url.path': '/api/users/secret@home.org',
    'url.query': 'secret',
    'url.full': 'https://api.example.com/api/users/secret@home.org?secret',
  })
  expect(span.name).toBe('PATCH /api/users/{id}')
})

test('what is no operation has no path at all', () => {
  for (const target of [
    '/secret?secret',
    '/api/secret/a/b',
    '/api/%zz/secret',
    '/account/verify?secret',
  ]) {
    const span = ended('GET', { 'http.method': 'GET', 'http.target': target })
    expect(span.name).toBe('GET')
    expect(span.attributes).not.toHaveProperty('http.route')
  }
})

test('Next’s own template of a page stays; the URL of a fetch does not', () => {
  const page = ended('GET /', {
    'http.method': 'GET',
    'http.target': '/?secret',
    'http.route': '/',
  })
  expect([page.name, page.attributes['http.route']]).toEqual(['GET /', '/'])
  const name = 'fetch GET https://store.example.com/secret'
  const call = ended(name, {
    'http.url': 'https://store.example.com/secret',
    'next.span_name': name,
  })
  expect([call.name, call.attributes['next.span_name']]).toEqual(['fetch GET', 'fetch GET'])
})
