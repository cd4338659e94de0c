import { test } from '@playwright/test'
import { type AppRig, ORIGIN, PASSWORD, startApp } from '../test/support/app.ts'
import { expect } from '../test/support/problem.ts'

let rig: AppRig
test.beforeAll(async () => {
  rig = await startApp()
})
test.afterAll(() => rig.close())

type Headers = Record<string, string>

const bearer = (token: string): Headers => ({ Authorization: `Bearer ${token}` })
const get = (path: string, headers: Headers = {}): Promise<Response> => rig.ask(path, { headers })
const post = (path: string, body: unknown, headers: Headers = {}): Promise<Response> =>
  rig.ask(path, {
    method: 'POST',
    headers: { 'Content-Type': 'application/json', ...headers },
    body: JSON.stringify(body),
  })
const keyOf = async (token: string, ...scopes: string[]): Promise<Headers> => {
  const made = await post('/api/keys', { name: 'k', scopes }, bearer(token))
  return { 'X-API-Key': (await made.json()).key }
}
const tripsOf = (answer: Response): string | undefined =>
  /desc="(.*)"/.exec(answer.headers.get('server-timing') ?? '')?.[1]

test.describe('include', () => {
  const LIST = '/api/reviews?movie=Include&include=movie'
  const ITEM = '/api/reviews/included?include=movie'
  const FILM = { id: 'Include', year: 1999 }

  test.beforeAll(async () => {
    await rig.command('HSET', 'movie:Include', 'year', '1999', 'secret', 'x')
    const fields = [
      'movie',
      'Include',
      'rating',
      '4',
      'text',
      'x',
      'owner',
      'u_x',
      'createdAt',
      'x',
    ]
    await rig.command('HSET', 'review:included', ...fields)
  })

  test('a film comes with its review for who may get films, in one trip and one command', async () => {
    const headers = bearer(await rig.enter('reader@home.org', 0))
    // The first request of a window waits for its count.
    await get(ITEM, headers)
    for (const path of [LIST, ITEM]) {
      const answer = await get(path, headers)
      expect((await answer.clone().json()).included, path).toEqual({ movies: { Include: FILM } })
      expect([answer.status, tripsOf(answer)], path).toEqual([200, '1 trips, 1 commands'])
      expect(answer.headers.get('cache-control')).toBe('no-store')
    }
    // Without it the list stays everybody's, and nobody is asked for a credential.
    expect((await get('/api/reviews/included')).status).toBe(200)
  })

  test('who may not get films is told so, also where reviews are everybody’s', async () => {
    const token = await rig.enter('ended@home.org', 0)
    const ended = await rig.enter('over@home.org', 0)
    await post('/api/auth/logout', {}, bearer(ended))
    for (const headers of [
      {},
      bearer('no.token.there'),
      bearer(ended),
      await keyOf(token, 'reviews:read'),
    ] as Headers[]) {
      for (const path of [LIST, ITEM]) {
        const answer = await get(path, headers)
        await expect(answer).toBeProblem('validation-error', {
          errors: [{ pointer: '#/include', message: expect.stringContaining('level user') }],
        })
      }
    }
    // A key needs the scope of what is included, and none for what is everybody's.
    expect((await get(ITEM, await keyOf(token, 'movies:read'))).status).toBe(200)
    expect((await get(LIST, await keyOf(token, 'movies:get'))).status).toBe(200)
    expect((await get(LIST, await keyOf(token, 'movies:list'))).status).toBe(422)
    await rig.command('HSET', 'user:ended@home.org', 'disabled', '1')
    expect((await get(LIST, bearer(token))).status).toBe(422)
  })

  test('a cookie that is over is renewed on the way', async () => {
    await rig.enter('cookies@home.org', 0)
    const login = await post(
      '/api/auth/login',
      { user: 'cookies@home.org', password: PASSWORD },
      { Origin: ORIGIN },
    )
    const refresh = /(__Host-usher-refresh=[^;]+)/.exec(login.headers.getSetCookie().join())?.[1]
    const headers = { Cookie: refresh ?? '' }
    const plain = await get('/api/reviews/included', headers)
    expect([plain.status, plain.headers.getSetCookie()]).toEqual([200, []])
    const answer = await get(ITEM, headers)
    expect((await answer.json()).included).toEqual({ movies: { Include: FILM } })
    expect(answer.headers.getSetCookie()).toHaveLength(2)
  })

  test('the version is another when the film is', async () => {
    const editor = bearer(await rig.enter('editor@home.org', 5))
    for (const path of [LIST, ITEM]) {
      const known = (await get(path, editor)).headers.get('etag') ?? ''
      const when = { ...editor, 'If-None-Match': known }
      expect((await get(path, when)).status, path).toBe(304)
      const year = path === LIST ? 2000 : 2001
      const change = await rig.ask('/api/movies/Include', {
        method: 'PATCH',
        headers: { ...editor, 'Content-Type': 'application/json' },
        body: JSON.stringify({ year }),
      })
      expect(change.status).toBe(200)
      expect((await get(path, when)).status, path).toBe(200)
    }
  })
})

test.describe('batches', () => {
  const create = (id: string): object => ({ op: 'create', item: { id, year: 1990 } })
  const statuses = async (answer: Response): Promise<number[]> =>
    (await answer.json()).results.map(({ status }: { status: number }) => status)

  test('the door is that of its acts, and each act has its own', async () => {
    const acts = [create('batched'), { op: 'delete', id: 'batched' }]
    await expect(await post('/api/movies:batch', { acts })).toBeProblem('authentication-required')
    const user = await rig.enter('batch-user@home.org', 0)
    await expect(await post('/api/movies:batch', { acts }, bearer(user))).toBeProblem(
      'insufficient-scope',
    )
    const editor = await rig.enter('batch-editor@home.org', 5)
    const whole = await post('/api/movies:batch', { acts }, bearer(editor))
    expect(whole.headers.get('etag')).toBeNull()
    expect(await statuses(whole)).toEqual([201, 204])
    const some = await post('/api/movies:batch', { acts }, await keyOf(editor, 'movies:create'))
    expect(await some.clone().json()).toMatchObject({
      results: [
        { status: 201, item: { id: 'batched', year: 1990 } },
        {
          status: 403,
          problem: {
            type: '/problems/insufficient-scope',
            status: 403,
            instance: '/api/movies:batch',
            requestId: some.headers.get('x-request-id'),
          },
        },
      ],
    })
    const none = await post('/api/movies:batch', { acts }, await keyOf(editor, 'movies:read'))
    await expect(none).toBeProblem('insufficient-scope')
    const only = await keyOf(editor, 'movies:update')
    await expect(await post('/api/movies:batch', { acts }, only)).toBeProblem('insufficient-scope')
  })

  test('an owner’s items are for the owner', async () => {
    const [mine, theirs] = [
      await rig.enter('batch-me@home.org', 0),
      await rig.enter('batch-you@home.org', 0),
    ]
    const review = { id: 'batch-review', movie: 'Alien', rating: 5, text: 'x' }
    const made = await post(
      '/api/reviews:batch',
      { acts: [{ op: 'create', item: review }] },
      bearer(mine),
    )
    expect(await statuses(made)).toEqual([201])
    const change = { acts: [{ op: 'update', id: 'batch-review', patch: { rating: 1 } }] }
    expect(await statuses(await post('/api/reviews:batch', change, bearer(theirs)))).toEqual([404])
    expect(await statuses(await post('/api/reviews:batch', change, bearer(mine)))).toEqual([200])
  })

  test('ten acts are one of the quota of changes, and a batch that is too much of it does nothing', async () => {
    const limited = await startApp(1_000_000, { write: 5 })
    try {
      const headers = bearer(await limited.enter('limited@home.org', 5))
      const send = (count: number, from: number): Promise<Response> =>
        limited.ask('/api/movies:batch', {
          method: 'POST',
          headers: { 'Content-Type': 'application/json', ...headers },
          body: JSON.stringify({
            acts: Array.from({ length: count }, (_, index) => create(`q${from + index}`)),
          }),
        })
      const first = await send(21, 0)
      expect(first.headers.get('ratelimit')).toContain('"write";r=2;')
      expect(first.headers.get('ratelimit')?.match(/"write"/g)).toHaveLength(1)
      expect(new Set(await statuses(first))).toEqual(new Set([201]))
      await expect(await send(30, 100)).toBeProblem('quota-exceeded')
      expect(await limited.command('EXISTS', 'movie:q100')).toBe(0)
    } finally {
      await limited.close()
    }
  })

  test('the path is one segment, spelt as it stands', async () => {
    const editor = bearer(await rig.enter('batch-paths@home.org', 5))
    const read = await get('/api/movies:batch', editor)
    await expect(read).toBeProblem('method-not-allowed')
    expect(read.headers.get('allow')).toBe('POST, OPTIONS')
    for (const path of [
      '/api/movies:patch',
      '/api/movies%3Abatch',
      '/api/:batch',
      '/api/nope:batch',
    ])
      await expect(await post(path, { acts: [create('x')] }, editor)).toBeProblem('not-found')
    const large = { acts: [{ op: 'create', item: { director: 'x'.repeat(65_600) } }] }
    await expect(await post('/api/movies:batch', large, editor)).toBeProblem('payload-too-large')
  })
})
