import { randomBytes } from 'node:crypto'
import { cp, readFile, rm, writeFile } from 'node:fs/promises'
import { join, resolve } from 'node:path'
import { pathToFileURL } from 'node:url'
import { build } from 'esbuild'
import { expect, test } from './support/fixtures.ts'

/** The fenced block of the README after a marker. */
async function block(marker: string): Promise<string> {
  const readme = await readFile('README.md', 'utf8')
  const found = new RegExp(`<!-- ${marker} -->\\n\`\`\`\\w+\\n([\\s\\S]*?)\`\`\``).exec(readme)?.[1]
  if (found === undefined) throw new Error(`README.md has no block ${marker}`)
  return found
}

test('a fourth collection is the file and the line that the README shows', async ({ store }) => {
  // Beside node_modules, so that packages are found.
  const folder = resolve('.usher', `fourth-${process.pid}`)
  try {
    await cp('lib', join(folder, 'lib'), { recursive: true })
    const registry = join(folder, 'lib/collections/index.ts')
    await writeFile(join(folder, 'lib/collections/albums.ts'), await block('collection'))
    const before = await readFile(registry, 'utf8')
    const line = /export const collections = .*\n/.exec(before)?.[0] ?? ''
    const after = before.replace(line, await block('registry'))
    await writeFile(registry, `import { albums } from './albums.ts'\n${after}`)
    const entry = join(folder, 'entry.ts')
    await writeFile(
      entry,
      [
        "export { createApp } from './lib/app.ts'",
        "export { createAppDeps } from './lib/app-deps.ts'",
        "export { parseSettings } from './lib/env.ts'",
        "export { openapi } from './lib/openapi.ts'",
      ].join('\n'),
    )
    const outfile = join(folder, 'app.mjs')
    const options = { bundle: true, platform: 'node', format: 'esm', packages: 'external' } as const
    await build({ entryPoints: [entry], outfile, ...options, logLevel: 'silent' })
    const { createApp, createAppDeps, parseSettings, openapi } = await import(
      pathToFileURL(outfile).href
    )
    const settings = parseSettings({
      SECRET_TOKEN: randomBytes(48).toString('base64url'),
      SECRET_RTOKEN: randomBytes(48).toString('base64url'),
      APP_ORIGIN: 'http://127.0.0.1:3000',
      UPSTASH_REDIS_REST_URL: store.gateway.url,
      UPSTASH_REDIS_REST_TOKEN: store.gateway.token,
    })
    const deps = createAppDeps(settings)
    const app = createApp(() => deps)
    const ask = async (path: string, init: RequestInit = {}): Promise<Response> =>
      app(new Request(`http://127.0.0.1:3000${path}`, init), () => undefined)

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
    expect(album.headers.get('cache-control')).toBe('public, max-age=60')
    expect(await album.json()).toEqual({ id: 'Blue', title: 'Blue', year: 1971, owner: 'x' })
    expect((await ask('/api/albums')).status).toBe(401)
    const headers = { 'Content-Type': 'application/json' }
    const body = '{"user":"me@home.org","password":"password"}'
    const signIn = await ask('/api/auth/signin', { method: 'POST', headers, body })
    const token = { Authorization: `Bearer ${(await signIn.json()).JWT}` }
    const made = await ask('/api/albums', {
      method: 'POST',
      headers: { ...headers, ...token },
      body: '{"title":"Hejira","year":1976}',
    })
    expect(made.status).toBe(201)
    const list = await ask('/api/albums?sort=-year,title&q=hej', { headers: token })
    expect((await list.json()).data).toMatchObject([{ title: 'Hejira', owner: 'me@home.org' }])
    expect(Object.keys(openapi().paths)).toContain('/api/albums/{id}')
  } finally {
    await rm(folder, { recursive: true, force: true })
    await store.call('DEL', 'album:Blue')
  }
})
