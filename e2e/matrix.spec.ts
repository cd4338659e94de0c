import { passkeysPossible } from '../lib/auth/passkeys/possible.ts'
import * as collections from '../lib/collections/index.ts'
import { contract, type Operation } from '../lib/contract/operations.ts'
import { account, sessionOf } from '../test/support/accounts.ts'
import type { Answer } from '../test/support/api.ts'
import { expect, type TestStore, test } from '../test/support/fixtures.ts'

/**
 * The published matrix: who gets past the door of each operation. The operations of a collection
 * stand here once for every collection.
 */
const MATRIX: Record<string, 'anyone' | 'user' | 'editor' | 'admin'> = {
  'POST /api/auth/signin': 'anyone',
  'POST /api/auth/login': 'anyone',
  'POST /api/auth/refresh': 'anyone',
  'POST /api/auth/logout': 'anyone',
  'POST /api/auth/fresh': 'user',
  'POST /api/auth/totp': 'user',
  'POST /api/auth/totp/confirm': 'user',
  'DELETE /api/auth/totp': 'user',
  'POST /api/auth/passkeys/options': 'user',
  'POST /api/auth/passkeys': 'user',
  'GET /api/auth/passkeys': 'user',
  'DELETE /api/auth/passkeys/{id}': 'user',
  'POST /api/auth/passkey/options': 'anyone',
  'POST /api/auth/passkey/signin': 'anyone',
  'POST /api/auth/passkey/login': 'anyone',
  'POST /api/auth/register': 'anyone',
  'POST /api/auth/email/verify': 'anyone',
  'POST /api/auth/email/resend': 'anyone',
  'POST /api/auth/password/forgot': 'anyone',
  'POST /api/auth/password/reset': 'anyone',
  'GET /api/auth/sessions': 'user',
  'DELETE /api/auth/sessions': 'user',
  'DELETE /api/auth/sessions/{id}': 'user',
  'POST /api/auth/password': 'user',
  'GET /api/keys': 'user',
  'POST /api/keys': 'user',
  'POST /api/keys/{id}/roll': 'user',
  'DELETE /api/keys/{id}': 'user',
  'GET /api/auth/providers': 'anyone',
  'GET /api/auth/oauth/{provider}': 'anyone',
  'GET /api/auth/oauth/{provider}/callback': 'anyone',
  'GET /api/auth/identities': 'user',
  'DELETE /api/auth/identities/{id}': 'user',
  'GET /api/profile': 'user',
  'PATCH /api/profile': 'user',
  'DELETE /api/profile': 'user',
  'GET /api/profile/export': 'user',
  'POST /api/auth/generatepassword': 'admin',
  'GET /api/users': 'admin',
  'PATCH /api/users/{id}': 'admin',
  'GET /api/users/{id}': 'admin',
  'DELETE /api/users/{id}': 'admin',
  'GET /api/users/{id}/keys': 'admin',
  'DELETE /api/users/{id}/keys/{key}': 'admin',
  'GET /api/users/{id}/export': 'admin',
  'POST /api/users/{id}/unlock': 'admin',
  'GET /api/usage': 'user',
  'GET /api/usage/top': 'admin',
  'GET /api/users/{id}/usage': 'admin',
  'GET /api/events': 'admin',
  'GET /api/blocks': 'admin',
  'POST /api/blocks': 'admin',
  'DELETE /api/blocks/{id}': 'admin',
  'GET /api/metrics': 'admin',
  'GET /.well-known/jwks.json': 'anyone',
  'GET /api/openapi.json': 'anyone',
  'GET /api/health': 'anyone',
  'GET /api/health/ready': 'anyone',
  'GET /api/graphql': 'anyone',
  'POST /api/graphql': 'anyone',
  'GET /api/graphql/schema': 'anyone',
  'POST /api/mcp': 'anyone',
  'GET /api/books': 'user',
  'GET /api/books/{id}': 'anyone',
  'GET /api/movies': 'user',
  'GET /api/movies/{id}': 'user',
  'GET /api/reviews': 'anyone',
  'GET /api/reviews/{id}': 'anyone',
  'POST /api/books': 'editor',
  'POST /api/books:batch': 'editor',
  'PUT /api/books/{id}': 'editor',
  'PATCH /api/books/{id}': 'editor',
  'DELETE /api/books/{id}': 'editor',
  'POST /api/movies': 'editor',
  'POST /api/movies:batch': 'editor',
  'PUT /api/movies/{id}': 'editor',
  'PATCH /api/movies/{id}': 'editor',
  'DELETE /api/movies/{id}': 'editor',
  'POST /api/reviews': 'user',
  'POST /api/reviews:batch': 'user',
  'PUT /api/reviews/{id}': 'user',
  'PATCH /api/reviews/{id}': 'user',
  'DELETE /api/reviews/{id}': 'user',
}

const LEVELS = { anyone: -1, user: 0, editor: 5, admin: 9 }
const WHO = { nobody: -1, user: 0, editor: 5, admin: 9 }

const operations = Object.values(contract as Record<string, Operation>).flatMap((row) =>
  row.path.includes('{collection}')
    ? Object.keys(collections).map((name) => ({
        ...row,
        path: row.path.replace('{collection}', name),
      }))
    : [row],
)

test('the matrix names every operation and no other', () => {
  const names = operations.map(({ method, path }) => `${method} ${path}`)
  expect(names.sort()).toEqual(Object.keys(MATRIX).sort())
})

function credentials(store: TestStore, level: number): { user: string; password: string } {
  const found = store.users.find((user) => user.level === level)
  return { user: found?.id ?? '', password: found?.password ?? '' }
}

for (const [who, level] of Object.entries(WHO)) {
  test(`${who}: every operation lets in and refuses as the matrix says`, async ({ api, store }) => {
    let token: string | undefined
    for (const { method, path, body, passkeys } of operations) {
      const needed = LEVELS[MATRIX[`${method} ${path}`] ?? 'admin']
      if (level >= 0) token ??= (await api.signIn(credentials(store, level))).JWT
      const { status } = await api.send(path.replace(/\{(id|key|provider)\}/g, 'nothing'), {
        method,
        headers: {
          'Content-Type': 'application/json',
          ...(token === undefined ? {} : { Authorization: `Bearer ${token}` }),
        },
        // A body that no operation takes: getting past the door is all that is asked.
        ...(body === 'none' ? {} : { body: '{"unknown":1}' }),
      })
      // What was done may have ended the session.
      if (status === 204) token = undefined
      const name = `${who} ${method} ${path}`
      // At an IP address there are none, for nobody.
      if (passkeys === true && !passkeysPossible(api.origin)) {
        expect(status, name).toBe(404)
        continue
      }
      if (level >= needed) expect([401, 403], name).not.toContain(status)
      else expect(status, name).toBe(level < 0 ? 401 : 403)
      expect(status, name).toBeLessThan(500)
    }
  })
}

test('another user: what is somebody’s own answers as if it were not there', async ({
  api,
  store,
}) => {
  const owner = await api.signIn(await account(store, 'matrix-owner@home.org'))
  const other = await api.signIn(await account(store, 'matrix-other@home.org'))
  const session = sessionOf(owner.JWT)
  const remove = (id: string) =>
    api.send(`/api/auth/sessions/${id}`, {
      method: 'DELETE',
      headers: { Authorization: `Bearer ${other.JWT}` },
    })
  const [theirs, absent] = [await remove(session), await remove('no-such-session')]
  const shown = ({ status, body }: Answer) => [status, { ...body, instance: '', requestId: '' }]
  expect(theirs.status).toBe(404)
  expect(shown(theirs)).toEqual(shown(absent))
  expect((await api.get('/api/profile', owner.JWT)).body.user).toBe('matrix-owner@home.org')
  const { body } = await api.get('/api/auth/sessions', other.JWT)
  expect(body.data.map(({ id }: { id: string }) => id)).toEqual([sessionOf(other.JWT)])
})
