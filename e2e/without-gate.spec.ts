import { randomBytes } from 'node:crypto'
import { readdirSync } from 'node:fs'
import { join, resolve } from 'node:path'
import { pathToFileURL } from 'node:url'
import { passkeysPossible } from '../lib/auth/passkeys/possible.ts'
import { contract, type Operation, type OperationId, pathsOf } from '../lib/contract/operations.ts'
import { allCollections } from '../lib/items/registry.ts'
import { Api } from '../test/support/api.ts'
import { expect, SECRET_RTOKEN, SECRET_TOKEN, test } from '../test/support/fixtures.ts'

type Route = Record<string, ((request: Request) => Promise<Response>) | undefined>

/** Requests that must not get in, whoever they claim to be. */
function intruders(revoked: string): Record<string, string>[] {
  const forged = [
    Buffer.from('{"alg":"none","typ":"at+jwt"}').toString('base64url'),
    Buffer.from('{"sub":"admin@home.org","sid":"x","level":9}').toString('base64url'),
    randomBytes(32).toString('base64url'),
  ].join('.')
  return [
    {},
    {
      'X-User-Id': 'admin@home.org',
      'X-Level': '9',
      'X-Usher-Request-Id': 'a',
      'X-Usher-Trips': '0;0;0;0;',
      'X-Usher-Counted': 'admin',
      'X-Usher-Gate': '',
    },
    { Authorization: `Bearer ${forged}` },
    { Authorization: `Bearer ${revoked}` },
    { 'X-API-Key': 'usher_live_x' },
  ]
}

/** Who may enter each operation with no credential at all; the rest refuse. */
const PUBLIC = [
  'health',
  'openapi',
  'jwks',
  'ready',
  'signIn',
  'login',
  'refresh',
  'logout',
  'register',
  'verifyEmail',
  'resendVerification',
  'forgotPassword',
  'resetPassword',
  'listProviders',
  'startOAuth',
  'finishOAuth',
  'getItem of books',
  'listItems of reviews',
  'getItem of reviews',
  'queryGraph',
  'runGraph',
  'graphSchema',
  'callTools',
  'passkeyOptions',
  'signInByPasskey',
  'logInByPasskey',
]

test('with the middleware gone nothing leaks: every route handler, called alone, refuses', async ({
  server,
  store,
}) => {
  const api = new Api(server.origin)
  const { JWT } = await api.signIn()
  await api.post('/api/auth/logout', {}, JWT)

  // The route modules as Next would load them, called without a gate in front.
  Object.assign(process.env, {
    APP_ORIGIN: server.origin,
    SECRET_TOKEN,
    SECRET_RTOKEN,
    UPSTASH_REDIS_REST_URL: store.gateway.url,
    UPSTASH_REDIS_REST_TOKEN: store.gateway.token,
  })
  const app = resolve('app')
  const files = readdirSync(app, { recursive: true, encoding: 'utf8' })
    .filter((file) => /^(api|v1|\.well-known)\/.*route\.ts$/.test(file))
    .sort()
  const rows = Object.entries(contract) as [OperationId, Operation][]
  const seen = new Set<string>()
  for (const file of files) {
    const route = (await import(pathToFileURL(join(app, file)).href)) as Route
    const folder = `/${file.replace(/\/route\.ts$/, '')}`
    const served = rows.filter(([id]) =>
      pathsOf(id).some((pattern) => folderOf(pattern) === folder),
    )
    expect([...new Set(served.map(([, { method }]) => method))].sort()).toEqual(
      Object.keys(route)
        .filter((name) => name !== 'runtime')
        .sort(),
    )
    for (const [id, { method, path: template, passkeys }] of served) {
      // At an IP address there are no passkeys, for nobody.
      const refused = passkeys === true && !passkeysPossible(server.origin) ? 404 : 401
      for (const { name: collection } of allCollections()) {
        const ending = /\}(:\w+)$/.exec(template)?.[1] ?? ''
        const path = `${folder.replace('[collection]', collection).replace('[id]', 'dracula')}${ending}`
        const named = folder.includes('[collection]') ? collection : folder.split('/')[2]
        const name = /^(get|list)Item/.test(id) ? `${id} of ${named}` : id
        for (const headers of intruders(JWT)) {
          const body = method === 'POST' ? { body: '{"password":"12345678"}' } : {}
          const request = new Request(`${server.origin}${path}`, {
            method,
            headers: { 'Content-Type': 'application/json', ...headers },
            ...body,
          })
          const response = await route[method]?.(request)
          if (PUBLIC.includes(name)) expect(response?.status, `${name} ${path}`).toBeLessThan(500)
          else expect(response?.status, `${name} ${path}`).toBe(refused)
          seen.add(id)
        }
      }
    }
  }
  expect([...seen].sort()).toEqual(Object.keys(contract).sort())
})

/** The folder under `app` that serves a path of the contract: for Next the end of a segment is no other path. */
function folderOf(path: string): string {
  return path.replace(/\{\w+=(\w+)\}/g, '$1').replace(/\{(\w+)\}(:\w+$)?/g, '[$1]')
}
