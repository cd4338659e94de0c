import { expect, test } from '@playwright/test'
import { array, assert, asyncProperty, constantFrom, property, string, tuple } from 'fast-check'
import { hmac, sha256 } from '../lib/hash.ts'
import { NODE, quickRequest } from './quick-web.ts'

const names = constantFrom('ETag', 'etag', 'X-Id', 'Vary', 'vary', 'Set-Cookie')
const values = string({ unit: constantFrom('a', 'b', '=', ';') })
const steps = array(tuple(constantFrom('set', 'append', 'delete', 'get', 'has'), names, values))

test('headers of an answer are those that the web’s would be, whatever is done to them', () => {
  assert(
    property(steps, (each) => {
      const quick = NODE.respond('x', 200, { 'X-Id': 'a' }).headers
      const web = new Response('x', { headers: { 'X-Id': 'a' } }).headers
      web.delete('content-type')
      for (const [step, name, value] of each) {
        // Cookies are given one by one, and never read back.
        if (name === 'Set-Cookie' && step !== 'append') continue
        if (step === 'set' || step === 'append') {
          quick[step](name, value)
          web[step](name, value)
        } else if (step === 'delete') {
          quick.delete(name)
          web.delete(name)
        } else expect(quick[step](name)).toBe(web[step](name))
      }
      expect([...quick].sort()).toEqual([...web].sort())
    }),
  )
})

test('a request has its fields by any spelling of their names', () => {
  const sent = { authorization: 'Bearer x', 'set-cookie': ['a', 'b'] }
  const { headers, method, body, url } = quickRequest('http://localhost/api', 'GET', sent)
  expect([url, method, body]).toEqual(['http://localhost/api', 'GET', null])
  expect(headers.get('Authorization')).toBe('Bearer x')
  expect(headers.get('AUTHORIZATION')).toBe('Bearer x')
  expect(headers.get('cookie')).toBeNull()
  expect(headers.has('Authorization')).toBe(true)
})

test('an answer is read as one of the web is', async () => {
  const answer = NODE.respond('ä', 404, { 'X-Id': 'a' })
  expect([
    answer.status,
    await answer.text(),
    Buffer.from(await answer.arrayBuffer()).length,
  ]).toEqual([404, 'ä', 2])
  expect(await NODE.respond(null, 204, {}).text()).toBe('')
})

test('digests and keyed hashes are the web’s', async () => {
  await assert(
    asyncProperty(string({ unit: 'grapheme' }), async (text) => {
      expect(NODE.sha256(text)).toBe(await sha256(text))
      expect(NODE.hmac('a purpose a secret')(text)).toBe(await hmac('a purpose', 'a secret')(text))
    }),
  )
})
