import { test } from '@playwright/test'
import { type AppRig, PASSWORD, startApp } from '../test/support/app.ts'
import { PLACES } from '../test/support/operations.ts'
import { expect } from '../test/support/problem.ts'
import { LEVELS } from './contract/access.ts'
import { accessOf } from './contract/access-of.ts'
import type { Operation } from './contract/operations.ts'

const JSON_TYPE = { 'Content-Type': 'application/json' }

function init({ method, body }: Operation, headers: Record<string, string>): RequestInit {
  return {
    method,
    headers: { ...JSON_TYPE, ...headers },
    ...(body === 'none' ? {} : { body: '{}' }),
  }
}

test.describe('messages of refusals', () => {
  let rig: AppRig
  test.beforeAll(async () => {
    rig = await startApp()
  })
  test.afterAll(() => rig.close())

  test('403 names the level that is needed', async () => {
    const token = await rig.enter('user@home.org', 0)
    let refused = 0
    for (const { row, collection, path } of PLACES) {
      const access = accessOf(row, collection)
      if (access === 'public' || access === 'user') continue
      const answer = await rig.ask(
        path.replace('{id}', 'nothing'),
        init(row, { Authorization: `Bearer ${token}` }),
      )
      await expect(answer, `${row.method} ${path}`).toBeProblem('insufficient-scope', {
        detail: `This needs an account of the level ${access} (${LEVELS[access]}); yours has 0.`,
      })
      refused++
    }
    expect(refused).toBeGreaterThan(8)
  })

  test('403 names the scope that an API key needs, and where none would do', async () => {
    const token = await rig.enter('keys@home.org', 9)
    const keyFor = async (scope: string): Promise<string> => {
      const body = JSON.stringify({ name: 'A key', scopes: [scope] })
      const headers = { ...JSON_TYPE, Authorization: `Bearer ${token}` }
      return (await (await rig.ask('/api/keys', { method: 'POST', headers, body })).json()).key
    }
    const [of, other] = [await keyFor('movies:delete'), await keyFor('books:delete')]
    for (const { row, collection, path } of PLACES) {
      if (accessOf(row, collection) === 'public') continue
      const key = collection?.name === 'books' ? of : other
      const answer = await rig.ask(path.replace('{id}', 'nothing'), init(row, { 'X-API-Key': key }))
      const about = `${row.method} ${path}`
      if (collection === undefined || row.action === undefined) {
        await expect(answer, about).toBeProblem('insufficient-scope', {
          detail: 'An API key opens collections alone: sign in, and send the access token.',
        })
        continue
      }
      const { name } = collection
      const group = row.method === 'GET' ? 'read' : 'write'
      const own = `${name}:${row.action === 'replace' ? 'create' : row.action}`
      const alone = row.action === 'batch' ? 'one of its acts' : own
      await expect(answer, about).toBeProblem('insufficient-scope', {
        detail: expect.stringMatching(`needs the scope ${name}:${group}, or .*${alone}`),
      })
    }
  })

  test('422 lists the parameters, the fields, the orders and the scopes that there are', async () => {
    const token = await rig.enter('editor@home.org', 9)
    const headers = { ...JSON_TYPE, Authorization: `Bearer ${token}` }
    const send = (path: string, body?: object): Promise<Response> => {
      const more = body === undefined ? {} : { method: 'POST', body: JSON.stringify(body) }
      return rig.ask(path, { headers, ...more })
    }
    for (const [path, pointer, message] of [
      [
        '/api/movies?page=2',
        '#/page',
        'is not allowed here; allowed: limit, cursor, sort, fields, count, q, director, year; a filter also with [gt], [gte], [lt], [lte], [ne], [ci] or [exists]',
      ],
      ['/api/movies/Alien?sort=year', '#/sort', 'is not allowed here; allowed: fields'],
      [
        '/api/movies?sort=title',
        '#/sort',
        'is one of id; year; director; -year,director, or one of them backwards',
      ],
      ['/api/users?page=2', '#/page', 'is not allowed here; allowed: limit, cursor'],
    ] as const) {
      const errors = [{ pointer, message }]
      await expect(await send(path), path).toBeProblem('validation-error', { errors })
    }
    const review = { movie: 'x', rating: 1, text: 'x', owner: 'me', a: 1 }
    await expect(await send('/api/reviews', review)).toBeProblem('validation-error', {
      errors: [
        { pointer: '#/owner', message: 'is set by the server' },
        { pointer: '#/a', message: 'is not allowed here; allowed: id, movie, rating, text' },
      ],
    })
    const message = expect.stringMatching(
      /^is not one of books:read, .*movies:read, .*reviews:delete$/,
    )
    const key = { name: 'x', scopes: ['movies:fly'] }
    await expect(await send('/api/keys', key)).toBeProblem('validation-error', {
      errors: [{ pointer: '#/scopes/0', message }],
    })
  })
})

test('429 names the quota that is used up, its size, and when to come again', async () => {
  const rig = await startApp(1)
  try {
    const user = await rig.enter('user@home.org', 0)
    const writer = { ...JSON_TYPE, Authorization: `Bearer ${user}` }
    const signIn = JSON.stringify({ user: 'user@home.org', password: PASSWORD })
    const review = JSON.stringify({ movie: 'x', rating: 1, text: 'x' })
    for (const [policy, path, request] of [
      ['anonymous', '/api/reviews', {}],
      ['signin', '/api/auth/signin', { method: 'POST', headers: JSON_TYPE, body: signIn }],
      ['mail', '/api/auth/password/forgot', { method: 'POST', headers: JSON_TYPE, body: '{}' }],
      ['user', '/api/reviews', { method: 'POST', headers: writer, body: review }],
    ] as const) {
      // Without an address all share one bucket of ten times the limit.
      let answer = await rig.ask(path, request)
      for (let tries = 0; answer.status !== 429 && tries < 12; tries++) {
        answer = await rig.ask(path, request)
      }
      const wait = answer.headers.get('retry-after')
      await expect(answer, policy).toBeProblem('quota-exceeded', {
        detail: expect.stringMatching(
          `^The quota "${policy}" of \\d+ in 86400 s is used up: try again in ${wait} s\\.$`,
        ),
      })
    }
  } finally {
    await rig.close()
  }
})
