import { passkeysPossible } from '../lib/auth/passkeys/possible.ts'
import { contract } from '../lib/contract/operations.ts'
import { expect, test } from '../test/support/fixtures.ts'
import { PLACES } from '../test/support/operations.ts'

test('a query parameter that an operation does not know is 422 everywhere, and nothing is done', async ({
  api,
  store,
}) => {
  const admin = store.users.find(({ level }) => level === 9)
  const { JWT } = await api.signIn({ user: admin?.id ?? '', password: admin?.password ?? '' })
  expect(PLACES.length).toBeGreaterThan(40)
  for (const { row, path } of PLACES) {
    // What a provider adds to its answer is not looked at (RFC 6749 §4.1.2).
    if (row === contract.finishOAuth) continue
    // At an IP address there are no passkeys, and nothing to look at.
    if (row.passkeys === true && !passkeysPossible(api.origin)) continue
    const { method, body } = row
    const name = `${method} ${path}`
    const answer = await api.send(`${path.replace('{id}', 'emma')}?unexpected=the-value`, {
      method,
      headers: { 'Content-Type': 'application/json', Authorization: `Bearer ${JWT}` },
      ...(body === 'none' ? {} : { body: '{}' }),
    })
    const message = expect.stringMatching(
      /^is not allowed here(; allowed: (date|fields|from|limit|query|returnTo)|:)/,
    )
    expect(answer, name).toBeProblem('validation-error', {
      errors: [{ pointer: '#/unexpected', message }],
    })
    expect(answer.text, name).not.toContain('the-value')
  }
  // Not one of them has ended the session, or taken the book away.
  expect((await api.get('/api/profile', JWT)).status).toBe(200)
  expect((await api.get('/api/books/emma')).status).toBe(200)
})

test('what Next adds to the URL of a path with variables is no parameter of the client', async ({
  api,
}) => {
  const { JWT } = await api.signIn()
  const { headers, body } = await api.post('/api/keys', { name: 'x', scopes: ['movies:read'] }, JWT)
  const path = headers.get('location')
  expect((await api.post(`${path}/roll?nxtPid=other&id=other`, {}, JWT)).body.id).toBe(body.id)
  const remove = { method: 'DELETE', headers: { Authorization: `Bearer ${JWT}` } }
  expect((await api.send(`${path}?nxtPid=other`, remove)).status).toBe(204)
  // Where a path has none, their names are like any other.
  expect(await api.get('/api/keys?id=x', JWT)).toBeProblem('validation-error')
})
