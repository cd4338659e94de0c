import { test } from '@playwright/test'
import { type Answer, read } from '../test/support/api.ts'
import { type InProcess, ORIGIN, type Sample } from '../test/support/in-process.ts'
import { expect } from '../test/support/problem.ts'
import { SAMPLES, SIGN_IN } from '../test/support/samples.ts'
import { startApi } from '../test/support/start-api.ts'
import { mintApiKey } from './auth/api-keys/api-key.ts'
import { accessOf } from './contract/access-of.ts'
import { contract, type Operation, type OperationId } from './contract/operations.ts'
import { findRoute } from './http/router.ts'
import { keptIndexesOf } from './items/declaration.ts'
import { allCollections } from './items/registry.ts'

type Headers = Record<string, string>
const OPERATIONS = Object.entries(SAMPLES) as [OperationId, Sample][]

/** A page of this origin: what an unsafe request with cookies needs. */
const SAME_ORIGIN = { 'Sec-Fetch-Site': 'same-origin' }

function byBearer(token: string): Headers {
  return { Authorization: `Bearer ${token}` }
}

function byCookies(cookies: { access?: string; refresh?: string }): Headers {
  const pairs = Object.entries(cookies).map(([name, value]) => `__Host-usher-${name}=${value}`)
  return { ...SAME_ORIGIN, Cookie: pairs.join('; ') }
}

function byKey(key: string): Headers {
  return { 'X-API-Key': key }
}

test.describe('a credential that does not hold', () => {
  let api: InProcess
  test.beforeAll(async () => {
    api = await startApi({ host: 'in-process' })
    await api.account(SIGN_IN.user, 9)
    await api.account('other@home.org')
  })
  test.afterAll(() => api.stop())

  async function signIn(user: string): Promise<{ JWT: string; refresh: string }> {
    const answer = await api.send('signIn', { body: { user, password: 'password' } })
    return answer.json()
  }

  async function makeKey(JWT: string): Promise<{ id: string; key: string }> {
    const scopes = ['movies', 'books', 'reviews'].flatMap((name) => [
      `${name}:read`,
      `${name}:write`,
    ])
    const answer = await api.send('createKey', { body: { name: 'K', scopes } }, byBearer(JWT))
    return answer.json()
  }

  /** One of each kind; made anew for every operation, because some operations end sessions. */
  async function credentials(): Promise<Record<string, Headers>> {
    const ended = await signIn(SIGN_IN.user)
    const endedKey = await makeKey(ended.JWT)
    await api.send('deleteKey', { params: { id: endedKey.id } }, byBearer(ended.JWT))
    await api.send('logout', { body: {} }, byBearer(ended.JWT))

    await api.account('disabled@home.org', 9)
    const disabled = await signIn('disabled@home.org')
    const disabledKey = await makeKey(disabled.JWT)
    await api.command('HSET', 'user:disabled@home.org', 'disabled', '1')
    return {
      'a bad token': byBearer('x.y.z'),
      'a bad cookie': byCookies({ access: 'x', refresh: 'y' }),
      'a bad key': byKey(`${endedKey.key.slice(0, -1)}_`),
      'a token of an ended session': byBearer(ended.JWT),
      'cookies of an ended session': byCookies({ access: ended.JWT, refresh: ended.refresh }),
      'a refresh cookie of an ended session': byCookies({ refresh: ended.refresh }),
      'an ended key': byKey(endedKey.key),
      'a token of a disabled account': byBearer(disabled.JWT),
      'a refresh cookie of a disabled account': byCookies({ refresh: disabled.refresh }),
      'a key of a disabled account': byKey(disabledKey.key),
    }
  }

  for (const [id, sample] of OPERATIONS) {
    // Those that act for their caller refuse it: an agent must hear that its key has ended.
    test(`${id}: opens nothing, and is as good as none where nobody has to sign in`, async () => {
      const row: Operation = contract[id]
      const path = row.path.replace(/\{(\w+)\}/g, (_, name) =>
        encodeURIComponent(sample.params?.[name] ?? ''),
      )
      const match = findRoute(new URL(`${ORIGIN}${path}`).pathname)
      if (typeof match !== 'object') throw new Error(`${path} is no route`)
      const isPublic = accessOf(row, match.collection) === 'public'
      const none = await read(await api.send(id, sample))
      if (!isPublic) expect(none).toBeProblem('authentication-required')
      const essence = ({ status, body }: Answer) => [status, status < 400 ? '' : body.type]
      for (const [name, headers] of Object.entries(await credentials())) {
        const answer = await read(await api.send(id, sample, headers))
        // Keys are for collections: whether one works elsewhere is not asked.
        const isKey = 'X-API-Key' in headers && row.action === undefined && !isPublic
        if (isKey && answer.status === 403) continue
        const byPage = row.acts === true && row.method === 'POST' && 'Cookie' in headers
        if (byPage) expect([401, 403], name).toContain(answer.status)
        else if (row.acts === true) expect(answer, name).toBeProblem('invalid-token')
        else if (isPublic) expect(essence(answer), name).toEqual(essence(none))
        else expect(answer, name).toBeProblem('invalid-token')
      }
    })
  }

  test('somebody else’s credential: what is not theirs is as if it were not there', async () => {
    const mine = await signIn(SIGN_IN.user)
    const { id: keyId } = await makeKey(mine.JWT)
    const sid = JSON.parse(Buffer.from(mine.JWT.split('.')[1] ?? '', 'base64url').toString()).sid
    const review = { movie: 'Alien', rating: 5, text: 'x' }
    const made = await api.send(
      'createItem',
      { params: { collection: 'reviews' }, body: review },
      byBearer(mine.JWT),
    )
    const { id: reviewId } = await made.json()
    const ofReview = { collection: 'reviews', id: reviewId }
    const theirs: [OperationId, Sample][] = [
      ['endSession', { params: { id: sid } }],
      ['rollKey', { params: { id: keyId }, body: {} }],
      ['deleteKey', { params: { id: keyId } }],
      ['replaceItem', { params: ofReview, body: review }],
      ['patchItem', { params: ofReview, body: { rating: 1 } }],
      ['deleteItem', { params: ofReview }],
    ]
    for (const [id, sample] of theirs) {
      const other = await signIn('other@home.org')
      const answer = await api.send(id, sample, byBearer(other.JWT))
      const absent = await api.send(
        id,
        { ...sample, params: { ...sample.params, id: `nothing-${id}` } },
        byBearer(other.JWT),
      )
      // To replace what is not there makes it.
      const expected = id === 'replaceItem' ? 201 : 404
      expect([answer.status, absent.status], id).toEqual([404, expected])
    }
    for (const [id, sample] of OPERATIONS) {
      const row: Operation = contract[id]
      if (row.access !== 'admin') continue
      const other = await signIn('other@home.org')
      const answer = await api.send(id, sample, byBearer(other.JWT))
      expect([id, answer.status]).toEqual([id, 403])
    }
    expect((await api.send('readProfile', {}, byBearer(mine.JWT))).status).toBe(200)
  })

  test('only a credential that is proven begins the healing of a user', async () => {
    const fillers = Array.from({ length: 2_100 }, (_, index) => [`filler:${index}`, 'x']).flat()
    await api.command('MSET', ...fillers)
    for (const { states, fingerprints } of allCollections().map(keptIndexesOf)) {
      for (const [key, fingerprint] of fingerprints)
        await api.command('HSET', states, key, `${fingerprint}:${Date.now()}:whole`)
    }
    /** Whether a list begins a healing, so long after the last one that a user's would. */
    const heals = async (collection: string, headers: Headers): Promise<[number, boolean]> => {
      const at = String(Date.now() - 30_000)
      await api.command('HSET', 'healed', 'at', at, 'took', '1', 'idle', '1')
      const { status } = await api.send('listItems', { params: { collection } }, headers)
      await api.settled()
      return [status, String(await api.command('HGET', 'healed', 'at')) !== at]
    }
    const { JWT } = await signIn(SIGN_IN.user)
    const { key } = await makeKey(JWT)
    const madeUp = byKey((await mintApiKey('live')).key)
    expect(await heals('reviews', {})).toEqual([200, false])
    expect(await heals('reviews', byBearer(JWT))).toEqual([200, true])
    expect(await heals('reviews', madeUp)).toEqual([200, false])
    expect(await heals('movies', madeUp)).toEqual([401, false])
    expect(await heals('movies', byKey(key))).toEqual([200, true])
  })
})
