import { expect, test } from '@playwright/test'
import type { InProcess } from '../../test/support/in-process.ts'
import { startApi } from '../../test/support/start-api.ts'
import type { Action, Collection } from '../collections/define.ts'
import { namesOf } from '../graphql/names.ts'
import { allCollections } from '../items/registry.ts'
import { collectionSchemas } from '../openapi/bodies.ts'
import { nameOf, type Schema } from '../openapi/schemas.ts'

const ACTIONS = ['list', 'get', 'create', 'replace', 'update', 'delete'] as const satisfies Action[]

type Headers = Record<string, string>

let api: InProcess
let owner: string

test.beforeAll(async () => {
  api = await startApi({ host: 'in-process' })
})
test.afterAll(() => api.stop())

/** What came of an act; `unknown` where a tool is none of the caller's. */
type Outcome = { done: unknown } | { code: string }

async function signIn(user: string, level: number): Promise<Headers> {
  await api.account(user, level)
  // Ten keys are not enough.
  await api.command('HSET', `user:${user}`, 'plan', 'unlimited')
  const answer = await api.send('signIn', { body: { user, password: 'password' } })
  return { Authorization: `Bearer ${(await answer.json()).JWT}` }
}

async function send(method: string, path: string, body: unknown, caller: Headers) {
  const headers = {
    ...caller,
    ...(body === undefined ? {} : { 'Content-Type': 'application/json' }),
  }
  const answer = await api.ask(path, {
    method,
    headers,
    ...(body === undefined ? {} : { body: JSON.stringify(body) }),
  })
  const text = await answer.text()
  return { status: answer.status, body: text === '' ? undefined : JSON.parse(text) }
}

/** A value that a field takes. */
function sample({ type, enum: words, minimum }: Schema): unknown {
  if (Array.isArray(words)) return words[0]
  const [first] = [type].flat()
  if (first === 'integer' || first === 'number') return Math.max(1, Number(minimum ?? 1))
  if (first === 'boolean') return true
  return first === 'string' ? 'x' : undefined
}

function fieldsOf(collection: Collection): Record<string, unknown> {
  const { properties } = collectionSchemas(collection)[`${nameOf(collection)}Fields`] ?? {}
  const members = Object.entries<Schema>(Object(properties))
  return Object.fromEntries(members.map(([name, schema]) => [name, sample(schema)]))
}

let made = 0

/** An item of the owner's, if the act is about one that is there. */
async function prepare(collection: Collection, action: Action): Promise<string> {
  const id = `i${made++}`
  if (action === 'create') return id
  const fields = {
    ...fieldsOf(collection),
    owner,
    createdAt: '2026-01-01T00:00:00.000Z',
    updatedAt: '2026-01-01T00:00:00.000Z',
  }
  const words = Object.entries(fields).flatMap(([name, value]) => [name, String(value)])
  await api.command('HSET', `${collection.prefix}${id}`, ...words)
  return id
}

async function byRest(
  collection: Collection,
  action: (typeof ACTIONS)[number],
  id: string,
  caller: Headers,
): Promise<Outcome> {
  const one = `/api/${collection.name}/${id}`
  const fields = fieldsOf(collection)
  const [method, path, body] = {
    list: ['GET', `/api/${collection.name}?limit=1`, undefined] as const,
    get: ['GET', one, undefined] as const,
    create: ['POST', `/api/${collection.name}`, { id, ...fields }] as const,
    replace: ['PUT', one, fields] as const,
    update: ['PATCH', one, fields] as const,
    delete: ['DELETE', one, undefined] as const,
  }[action]
  const { status, body: answer } = await send(method, path, body, caller)
  return status < 300 ? { done: answer ?? id } : { code: answer.type.replace('/problems/', '') }
}

async function byTool(
  collection: Collection,
  action: (typeof ACTIONS)[number],
  id: string,
  caller: Headers,
): Promise<Outcome> {
  const fields = fieldsOf(collection)
  const given = {
    list: { limit: 1 },
    get: { id },
    create: { id, ...fields },
    update: { id, ...fields },
    replace: {},
    delete: { id },
  }[action]
  const params = { name: `${collection.name}_${action}`, arguments: given }
  const { body } = await send(
    'POST',
    '/api/mcp',
    { jsonrpc: '2.0', id: 1, method: 'tools/call', params },
    caller,
  )
  if (body.error?.code === -32602) return { code: 'unknown' }
  const { isError, structuredContent } = body.result
  if (isError) return { code: structuredContent.type.replace('/problems/', '') }
  return { done: action === 'delete' ? id : structuredContent }
}

async function byGraph(
  collection: Collection,
  action: (typeof ACTIONS)[number],
  id: string,
  caller: Headers,
): Promise<Outcome> {
  const { type, one, many } = namesOf(collection)
  const fields = fieldsOf(collection)
  const [document, variables] = {
    list: [`{ act: ${many}(limit: 1) { data { id } nextCursor } }`, {}] as const,
    get: [`query($id: ID!) { act: ${one}(id: $id) { id } }`, { id }] as const,
    create: [
      `mutation($input: ${type}Input!) { act: create${type}(input: $input) { id } }`,
      { input: { id, ...fields } },
    ] as const,
    replace: [
      `mutation($id: ID!, $input: ${type}Input!) { act: replace${type}(id: $id, input: $input) { id } }`,
      { id, input: fields },
    ] as const,
    update: [
      `mutation($id: ID!, $patch: ${type}Patch!) { act: update${type}(id: $id, patch: $patch) { id } }`,
      { id, patch: fields },
    ] as const,
    delete: [`mutation($id: ID!) { act: delete${type}(id: $id) }`, { id }] as const,
  }[action]
  const { status, body } = await send(
    'POST',
    '/api/graphql',
    { query: document, variables },
    caller,
  )
  expect(status, JSON.stringify(body)).toBe(200)
  const [error] = body.errors ?? []
  if (error !== undefined) return { code: error.extensions.code }
  return body.data.act === null ? { code: 'not-found' } : { done: body.data.act }
}

/** What all faces show of what was done. */
function told(outcome: Outcome): unknown {
  if (!('done' in outcome)) return outcome.code
  const { done } = outcome
  if (typeof done === 'string') return done
  const { id, data, nextCursor } = Object(done)
  const ids = data?.map((item: { id: string }) => item.id)
  return JSON.stringify(id ?? [ids, nextCursor === null ? null : typeof nextCursor])
}

async function compare(
  who: string,
  caller: Headers,
  collections: readonly Collection[],
): Promise<Map<string, number>> {
  const outcomes = new Map<string, number>()
  for (const collection of collections) {
    for (const action of ACTIONS) {
      const what = `${who}: ${action} ${collection.name}`
      // Lists are of the same moment, and what an act changes it changes for itself.
      const id = await prepare(collection, action)
      const renewed = async (): Promise<void> => {
        if (action === 'create') await api.command('DEL', `${collection.prefix}${id}`)
        if (action === 'delete') {
          await api.command(
            'HSET',
            `${collection.prefix}${id}`,
            ...Object.entries({
              ...fieldsOf(collection),
              owner,
              createdAt: '2026-01-01T00:00:00.000Z',
            })
              .flat()
              .map(String),
          )
        }
      }
      const rest = await byRest(collection, action, id, caller)
      await renewed()
      const graph = await byGraph(collection, action, id, caller)
      expect(told(graph), what).toEqual(told(rest))
      const key = 'code' in rest ? rest.code : 'done'
      outcomes.set(key, (outcomes.get(key) ?? 0) + 1)
      // To replace is no tool: create and update are.
      if (action === 'replace') continue
      await renewed()
      const tool = await byTool(collection, action, id, caller)
      const isClosed =
        'code' in rest && ['authentication-required', 'insufficient-scope'].includes(rest.code)
      expect(told(tool), what).toEqual(isClosed ? 'unknown' : told(rest))
    }
  }
  return outcomes
}

test('nobody, users, owners, editors and admins meet the same policy behind every face', async () => {
  const owning = await signIn('owner@home.org', 0)
  owner = (await send('GET', '/api/profile', undefined, owning)).body.id
  const callers: Record<string, Headers> = {
    nobody: {},
    user: await signIn('user@home.org', 0),
    owner: owning,
    other: await signIn('other@home.org', 0),
    editor: await signIn('editor@home.org', 5),
    admin: await signIn('admin@home.org', 9),
  }
  const seen = new Map<string, number>()
  for (const [who, caller] of Object.entries(callers)) {
    for (const [code, times] of await compare(who, caller, allCollections())) {
      seen.set(code, (seen.get(code) ?? 0) + times)
    }
  }
  // Each of the ways that an act can end was met.
  expect([...seen.keys()].sort()).toEqual([
    'authentication-required',
    'done',
    'insufficient-scope',
    'not-found',
  ])
})

test('an API key reaches as far behind every face as its scopes say', async () => {
  const admin = await signIn('admin@home.org', 9)
  for (const collection of allCollections()) {
    for (const granted of [...ACTIONS.filter((action) => action !== 'replace'), 'read', 'write']) {
      const scope = `${collection.name}:${granted}`
      const { body } = await send('POST', '/api/keys', { name: scope, scopes: [scope] }, admin)
      const outcomes = await compare(scope, { 'X-API-Key': body.key }, [collection])
      expect(outcomes.get('done') ?? 0, scope).toBeGreaterThan(0)
    }
  }
})
