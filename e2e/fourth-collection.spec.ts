import { mkdir, readFile, rm, writeFile } from 'node:fs/promises'
import { join, resolve } from 'node:path'
import { pathToFileURL } from 'node:url'
import { build } from 'esbuild'
import { account, sessionOf } from '../test/support/accounts.ts'
import { ME } from '../test/support/api.ts'
import { copy } from '../test/support/clone.ts'
import { environmentOf } from '../test/support/environment.ts'
import { expect, type TestStore, test } from '../test/support/fixtures.ts'

const ORIGIN = 'http://127.0.0.1:3000'

/** The fenced block of the README after a marker. */
async function block(marker: string): Promise<string> {
  const readme = await readFile('README.md', 'utf8')
  const found = new RegExp(`<!-- ${marker} -->\\n\`\`\`\\w+\\n([\\s\\S]*?)\`\`\``).exec(readme)?.[1]
  if (found === undefined) throw new Error(`README.md has no block ${marker}`)
  return found
}

/** The project's registry with these besides. */
function besides(...names: string[]): (before: string) => string {
  return (before) => before + linesOf(names)
}

/** The lines of collections in the registry. */
function linesOf(names: string[]): string {
  return names.map((name) => `export { ${name} } from './${name}.ts'\n`).join('')
}

interface Built {
  ask(path: string, init?: RequestInit): Promise<Response>
  openapi: { paths: Record<string, Record<string, { description: string; security: object[] }>> }
}

/** The API with collections of its own besides, or in the place of, the project's. */
async function withCollections(
  store: TestStore,
  files: Record<string, string>,
  registry: (before: string) => string,
  use: (built: Built) => Promise<void>,
): Promise<void> {
  // Beside node_modules, so that packages are found.
  const folder = resolve('.usher', `fourth-${process.pid}`)
  try {
    await mkdir(folder, { recursive: true })
    await copy('-a', 'lib', folder)
    const index = join(folder, 'lib/collections/index.ts')
    const before = await readFile(index, 'utf8')
    await writeFile(index, registry(before))
    for (const [name, source] of Object.entries(files)) {
      await writeFile(join(folder, `lib/collections/${name}.ts`), source)
    }
    const entry = join(folder, 'entry.ts')
    await writeFile(
      entry,
      [
        "export { createApp } from './lib/app.ts'",
        "export { createAppDeps } from './lib/deps/app.ts'",
        "export { parseSettings } from './lib/settings/settings.ts'",
        "export { openapi } from './lib/openapi/openapi.ts'",
      ].join('\n'),
    )
    const outfile = join(folder, `app-${Object.keys(files)[0]}.mjs`)
    const options = { bundle: true, platform: 'node', format: 'esm', packages: 'external' } as const
    await build({ entryPoints: [entry], outfile, ...options, logLevel: 'silent' })
    const { createApp, createAppDeps, parseSettings, openapi } = await import(
      pathToFileURL(outfile).href
    )
    // With the quotas as they are: what a change counts as is tested here.
    const env = { RATE_LIMITS: undefined }
    const settings = parseSettings(environmentOf({ origin: ORIGIN, store: store.gateway, env }))
    const deps = createAppDeps(settings)
    const app = createApp(() => deps)
    const ask = async (path: string, init: RequestInit = {}): Promise<Response> =>
      app(new Request(`${ORIGIN}${path}`, init), () => undefined)
    await use({ ask, openapi: openapi() })
  } finally {
    await rm(folder, { recursive: true, force: true })
  }
}

test('nothing starts with a collection whose items would look like accounts', async ({ store }) => {
  const file = (await block('collection')).replace("prefix: 'album:'", "prefix: 'user:album:'")
  const built = withCollections(
    store,
    { intruders: file.replaceAll('albums', 'intruders') },
    besides('intruders'),
    async () => undefined,
  )
  await expect(built).rejects.toThrow('intruders cannot have the prefix "user:album:"')
})

const JSON_TYPE = { 'Content-Type': 'application/json' }

async function signIn(
  ask: Built['ask'],
  { user, password } = ME,
): Promise<{ Authorization: string }> {
  const body = JSON.stringify({ user, password })
  const answer = await ask('/api/auth/signin', { method: 'POST', headers: JSON_TYPE, body })
  return { Authorization: `Bearer ${(await answer.json()).JWT}` }
}

const tripsOf = (answer: Response): string | undefined =>
  /"(.*)"/.exec(answer.headers.get('server-timing') ?? '')?.[1]

test('a fourth collection is the file and the line that the README shows', async ({ store }) => {
  const files = { albums: await block('collection') }
  const line = await block('registry')
  await withCollections(
    store,
    files,
    (before) => before + line,
    async ({ ask, openapi }) => {
      await store.call(
        'HSET',
        'album:Blue',
        'title',
        'Blue',
        'year',
        '1971',
        'owner',
        'x',
        'secret',
        'y',
      )
      const album = await ask('/api/albums/Blue')
      expect(album.status).toBe(200)
      expect(album.headers.get('cache-control')).toBe(
        'public, max-age=60, stale-while-revalidate=60',
      )
      expect(await album.json()).toEqual({ id: 'Blue', title: 'Blue', year: 1971, owner: 'x' })
      expect((await ask('/api/albums')).status).toBe(401)
      const token = await signIn(ask)
      const made = await ask('/api/albums', {
        method: 'POST',
        headers: { ...JSON_TYPE, ...token },
        body: '{"title":"Hejira","year":1976}',
      })
      expect(made.status).toBe(201)
      // Where the store has many keys, its first list builds its indexes.
      const sorted = '/api/albums?sort=-year,title&q=hej'
      const list = async () => (await (await ask(sorted, { headers: token })).json()).data ?? []
      await expect
        .poll(list)
        .toMatchObject([{ title: 'Hejira', owner: expect.stringMatching(/^u_/) }])
      expect(Object.keys(openapi.paths)).toContain('/api/albums/{id}')
    },
  )
  await store.call('DEL', 'album:Blue')
})

test('a cached item is read once; who may see it is judged each time, or within the bound that is stated', async ({
  store,
}) => {
  const collection = (name: string, access: string, more: string): string =>
    `import { defineCollection } from './define.ts'
export const ${name} = defineCollection({
  name: '${name}',
  prefix: '${name}:',
  access: { list: 'user', get: '${access}', create: 'user', update: 'user', delete: 'user' },
  fields: (z) => ({ title: z.string() }),
  cacheSeconds: 3600,
  ${more}
})
`
  const files = {
    posters: collection('posters', 'public', ''),
    tickets: collection('tickets', 'user', ''),
    stubs: collection('stubs', 'user', 'livenessSeconds: 3600,'),
  }
  const registry = besides('posters', 'tickets', 'stubs')
  await withCollections(store, files, registry, async ({ ask }) => {
    for (const name of Object.keys(files)) await store.call('HSET', `${name}:a`, 'title', 'first')

    await ask('/api/posters/a')
    const kept = await ask('/api/posters/a')
    expect([tripsOf(kept), kept.headers.get('age')]).toEqual(['0 trips, 0 commands', '0'])
    expect(await kept.json()).toEqual({ id: 'a', title: 'first' })
    expect((await ask('/api/posters/b')).status).toBe(404)
    await store.call('HSET', 'posters:b', 'title', 'new')
    expect((await ask('/api/posters/b')).status).toBe(200)

    const headers = await signIn(ask)
    for (const path of ['/api/tickets/a', '/api/stubs/a']) {
      expect((await ask(path)).status).toBe(401)
      const before = await ask(path, { headers })
      expect([before.status, before.headers.get('age')]).toEqual([200, null])
    }
    const asked = await ask('/api/tickets/a', { headers })
    expect([asked.status, tripsOf(asked)]).toEqual([200, '1 trips, 1 commands'])
    const recalled = await ask('/api/stubs/a', { headers })
    expect([recalled.status, tripsOf(recalled)]).toEqual([200, '0 trips, 0 commands'])

    // A change by this isolate shows at once.
    const change = { method: 'PUT', headers: { ...headers, ...JSON_TYPE }, body: '{"title":"2"}' }
    for (const name of Object.keys(files)) {
      expect((await ask(`/api/${name}/a`, change)).status).toBe(200)
      expect(await (await ask(`/api/${name}/a`, { headers })).json()).toMatchObject({ title: '2' })
    }
    // The session's end elsewhere; one that this isolate ends is known at once.
    await store.call('DEL', `session:${sessionOf(headers.Authorization)}`)
    expect((await ask('/api/stubs/a', { headers })).status).toBe(200)
    expect((await ask('/api/stubs/a', change)).status).toBe(401)
    expect((await ask('/api/tickets/a', { headers })).status).toBe(401)
    // An isolate that has seen the session's end goes by that.
    expect((await ask('/api/stubs/a', { headers })).status).toBe(401)
  })
})

test('where everybody may write, a credential that does not hold is as good as none', async ({
  store,
}) => {
  const files = {
    notes: `import { defineCollection } from './define.ts'
export const notes = defineCollection({
  name: 'notes',
  prefix: 'note:',
  access: { list: 'public', get: 'public', create: 'public', update: 'owner', delete: 'owner' },
  fields: (z) => ({ text: z.string(), owner: z.optional(z.string()) }),
  stamps: ['owner'],
})
`,
  }
  const registry = besides('notes')
  await withCollections(store, files, registry, async ({ ask }) => {
    const write = (headers: Record<string, string> = {}): Promise<Response> =>
      ask('/api/notes', {
        method: 'POST',
        headers: { ...JSON_TYPE, ...headers },
        body: '{"text":"x"}',
      })
    const token = await signIn(ask)
    const mine = await write(token)
    expect(await mine.json()).toMatchObject({ owner: expect.stringMatching(/^u_/) })
    expect(mine.headers.get('ratelimit')).toMatch(/"write";r=[345]\d;/)

    // By cookies a page of another site would write in its visitor's name.
    const [pair] = [{ Cookie: `usher-access=${token.Authorization.slice('Bearer '.length)}` }]
    const foreign = await write({ ...pair, 'Sec-Fetch-Site': 'cross-site' })
    await expect(foreign).toBeProblem('csrf-failed')
    const own = await write({ ...pair, 'Sec-Fetch-Site': 'same-origin' })
    expect(own.status).toBe(201)

    await ask('/api/auth/logout', { method: 'POST', headers: token })
    const nobodies = [{}, token, { Authorization: 'Bearer x' }, pair]
    for (const [index, headers] of nobodies.entries()) {
      const answer = await write(headers)
      expect([answer.status, (await answer.json()).owner], String(index)).toEqual([201, undefined])
      // Strangers share what their address may write.
      expect(answer.headers.get('ratelimit')).toMatch(/"write";r=59\d;/)
    }
    const keyed = await write({ 'Idempotency-Key': 'a' })
    await expect(keyed).toBeProblem('invalid-request')
  })
})

test('who may replace is what the document says, whatever a collection says of create and update', async ({
  store,
}) => {
  const creates = ['public', 'user', 'editor', 'admin']
  const updates = [...creates, 'owner']
  const files = Object.fromEntries(
    creates.flatMap((create) =>
      updates.map((update) => {
        const name = `${create}_${update}`
        return [
          name,
          `import { defineCollection } from './define.ts'
export const ${name} = defineCollection({
  name: '${name}',
  prefix: '${name}:',
  access: { list: 'user', get: 'user', create: '${create}', update: '${update}', delete: 'admin' },
  fields: (z) => ({ title: z.string(), owner: z.string() }),
  stamps: ['owner'],
})
`,
        ]
      }),
    ),
  )
  const registry = (): string => linesOf(Object.keys(files))
  await withCollections(store, files, registry, async ({ ask, openapi }) => {
    const levels = { user: 0, editor: 5, admin: 9 }
    const callers: [number, Record<string, string>][] = [[-1, {}]]
    for (const [name, level] of Object.entries(levels)) {
      const who = await account(store, `replacing-${name}@home.org`, { level: String(level) })
      callers.push([level, await signIn(ask, who)])
    }
    for (const name of Object.keys(files)) {
      const { description, security } = openapi.paths[`/api/${name}/{id}`]?.['put'] ?? {}
      const stated = /For (anyone|the level (user|editor|admin) and above)/.exec(description ?? '')
      expect(stated, description).not.toBeNull()
      const needed = stated?.[1] === 'anyone' ? -1 : levels[stated?.[2] as keyof typeof levels]
      expect(security?.some((each) => Object.keys(each).length === 0)).toBe(needed < 0)
      for (const [level, credential] of callers) {
        const headers = { ...JSON_TYPE, ...credential }
        const init = { method: 'PUT', headers, body: '{"unknown":1}' }
        const { status } = await ask(`/api/${name}/a`, init)
        const refused = level < 0 ? 401 : 403
        expect(status, `${name} at ${level}`).toBe(level >= needed ? 422 : refused)
      }
    }
  })
})
