import { account } from '../test/support/accounts.ts'
import type { Api } from '../test/support/api.ts'
import { expect, test } from '../test/support/fixtures.ts'

function send(
  api: Api,
  method: string,
  path: string,
  token: string,
  body?: unknown,
  headers: Record<string, string> = {},
) {
  return api.send(path, {
    method,
    headers: { 'Content-Type': 'application/json', Authorization: `Bearer ${token}`, ...headers },
    ...(body === undefined ? {} : { body: JSON.stringify(body) }),
  })
}

test('an editor makes, replaces, changes and deletes a film; everybody sees it', async ({
  api,
  store,
}) => {
  const { JWT } = await api.signIn(await account(store, 'films@home.org', { level: '5' }))
  const film = { id: 'Über/Film', director: 'Somebody', year: 1999 }
  const made = await send(api, 'POST', '/api/movies', JWT, film)
  expect([made.status, made.body]).toEqual([201, film])
  const location = made.headers.get('location') ?? ''
  expect(location).toBe('/api/movies/%C3%9Cber%2FFilm')
  expect((await api.get(location, JWT)).body).toEqual(film)
  expect(await store.call('HGETALL', 'movie:Über/Film')).toEqual([
    'director',
    'Somebody',
    'year',
    '1999',
  ])
  expect(await send(api, 'POST', '/api/movies', JWT, film)).toBeProblem('conflict')

  const patch = { 'Content-Type': 'application/merge-patch+json' }
  const changed = await send(api, 'PATCH', location, JWT, { year: null }, patch)
  expect([changed.status, changed.body]).toEqual([200, { id: film.id, director: 'Somebody' }])
  const etag = changed.headers.get('etag') ?? ''
  const replaced = await send(api, 'PUT', location, JWT, { year: 2001 }, { 'If-Match': etag })
  expect([replaced.status, replaced.body]).toEqual([200, { id: film.id, year: 2001 }])
  const stale = await send(api, 'DELETE', location, JWT, undefined, { 'If-Match': etag })
  expect(stale).toBeProblem('precondition-failed')
  expect((await send(api, 'DELETE', location, JWT)).status).toBe(204)
  expect(await api.get(location, JWT)).toBeProblem('not-found')
  expect(await send(api, 'DELETE', location, JWT)).toBeProblem('not-found')
})

test('a batch makes its changes, each answered by itself, and its path is no list', async ({
  api,
  store,
}) => {
  const { JWT } = await api.signIn(await account(store, 'batches@home.org', { level: '5' }))
  const acts = [
    { op: 'create', item: { id: 'Batch', year: 1999 } },
    { op: 'update', id: 'Batch', patch: { director: 'Somebody' } },
    { op: 'update', id: 'Nobody', patch: { year: 1 } },
    { op: 'delete', id: 'Batch' },
  ]
  const answer = await send(api, 'POST', '/api/movies:batch', JWT, { acts })
  expect([answer.status, answer.body]).toEqual([
    200,
    {
      results: [
        { status: 201, item: { id: 'Batch', year: 1999 } },
        { status: 200, item: { id: 'Batch', year: 1999, director: 'Somebody' } },
        {
          status: 404,
          problem: expect.objectContaining({
            type: '/problems/not-found',
            requestId: answer.headers.get('x-request-id'),
          }),
        },
        { status: 204 },
      ],
    },
  ])
  expect(await api.get('/api/movies:batch', JWT)).toBeProblem('method-not-allowed')
  const none = await send(api, 'POST', '/api/movies:batch', JWT, { acts: [] })
  expect(none).toBeProblem('validation-error', { errors: [{ pointer: '#/acts' }] })
})

test('a review is its author’s: nobody else’s to change but an admin’s', async ({ api, store }) => {
  const mine = await api.signIn(await account(store, 'author@home.org'))
  const other = await api.signIn(await account(store, 'other-author@home.org'))
  const admin = await api.signIn(await account(store, 'review-admin@home.org', { level: '9' }))
  const text = 'Royale with cheese'
  const review = { movie: 'Pulp Fiction', rating: 5, text }
  const key = { 'Idempotency-Key': 'a-review-1' }
  const [first, repeat] = await Promise.all([
    send(api, 'POST', '/api/reviews', mine.JWT, review, key),
    send(api, 'POST', '/api/reviews', mine.JWT, review, key),
  ])
  expect([first.status, repeat.status, first.body]).toEqual([201, 201, repeat.body])
  expect(first.body).toEqual({
    id: expect.stringMatching(/^[\da-f-]{36}$/),
    ...review,
    owner: expect.stringMatching(/^u_[0-9A-Za-z]{16,}$/),
    createdAt: expect.stringMatching(/^\d{4}-\d\d-\d\dT/),
  })
  const path = first.headers.get('location') ?? ''
  expect((await api.get(path)).body).toEqual(first.body)

  for (const [method, body] of [
    ['PUT', { ...review, rating: 1 }],
    ['PATCH', { rating: 1 }],
    ['DELETE', undefined],
  ] as const) {
    const refused = await send(api, method, path, other.JWT, body)
    expect(refused, method).toBeProblem('not-found')
  }
  const forged = await send(api, 'PATCH', path, mine.JWT, { owner: 'other-author@home.org' })
  expect(forged).toBeProblem('validation-error')
  const wrong = await send(api, 'POST', '/api/reviews', mine.JWT, { ...review, rating: 6 })
  const errors = [{ pointer: '#/rating', message: 'is larger than 5' }]
  expect(wrong).toBeProblem('validation-error', { errors })
  expect((await send(api, 'PATCH', path, mine.JWT, { rating: 4 })).body.rating).toBe(4)
  expect((await send(api, 'DELETE', path, admin.JWT)).status).toBe(204)
})
