import { mkdir, mkdtemp, readFile, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { embeddedEngine } from '../local/gateway/engine.ts'
import { startGateway } from '../local/gateway/server.ts'
import { Api } from '../test/support/api.ts'
import { type Clone, copy, makeClone } from '../test/support/clone.ts'
import { expect, test } from '../test/support/fixtures.ts'
import { freePort, type Program, runProgram, startProgram } from '../test/support/processes.ts'
import { pageBlock, readmeBlock } from '../test/support/readme.ts'

const { PATH, HOME } = process.env

/** A block of the guide from a file to an API. */
const guide = (step: string): string => pageBlock('docs/collections.md', `guide-${step}`)
const AIRPORTS = join('lib', 'collections', 'airports.ts')
const AIRPORTS_OF_ALASKA = "usher.items('airports', { state: 'AK', sort: 'name', limit: 100 })"

test.describe('npm run up', () => {
  test.describe.configure({ mode: 'serial' })
  let clone: Clone
  let up: Program
  let origin: string
  /** What the guide's commands say, by their step. */
  const said = new Map<string, string>()
  /** Of a collection for users who have signed in. */
  let ofUsers: string
  let written: string

  /** Runs lines in the clone, as somebody types them. */
  async function shell(lines: string, more: Record<string, string> = {}): Promise<string> {
    const env = { PATH, HOME, PORT: new URL(origin).port, ...more }
    const { code, output } = await runProgram('bash', ['-ec', lines], env, { cwd: clone.folder })
    expect(code, output).toBe(0)
    return output
  }

  test.beforeAll(async () => {
    // It builds there, and must not say more for it.
    test.setTimeout(480_000)
    clone = await makeClone()
    // It was not built; what Next has compiled for another build need not be compiled again.
    await mkdir(join(clone.folder, '.next'))
    await copy('-a', '.next/cache', join(clone.folder, '.next'))
    const port = await freePort()
    origin = `http://localhost:${port}`
    said.set('new', await shell(guide('new')))
    ofUsers = await shell('npm run new -- node_modules/vega-datasets/data/monarchs.json')
    const file = join(clone.folder, AIRPORTS)
    written = await readFile(file, 'utf8')
    await writeFile(file, written.replace("sort: ['name']", "sort: ['name', 'state,name']"))
    said.set('check', await shell(guide('check')))
    const env = { PATH, HOME, PORT: String(port) }
    const [program = '', ...words] = guide('up').trim().split(' ')
    up = await startProgram(program, words, env, /Stop: Ctrl\+C\n/, { cwd: clone.folder })
  })
  test.afterAll(async () => {
    await up.stop()
    await clone.remove()
  })

  test('it prints ten lines at most on a clone that was not built, with all that a newcomer needs', async () => {
    const lines = up.output().trimEnd().split('\n')
    expect(lines.length, up.output()).toBeLessThanOrEqual(10)
    expect(up.output()).toContain(`Usher listens on ${origin}`)
    expect(up.output()).not.toMatch(/warn|deprecat|⚠/i)
    expect(up.output()).toContain('npm run dev')
    const log = /\.usher\/logs\/up\.log/.exec(up.output())?.[0] ?? ''
    // In a pipe the log is JSON, as it is in its file.
    await new Api(origin).get('/api/reviews')
    const entry = /^\{"time".*"operation":"GET \/api\/reviews".*\}$/m
    await expect.poll(() => entry.test(up.output())).toBe(true)
    const kept = (): Promise<string> => readFile(join(clone.folder, log), 'utf8')
    await expect.poll(async () => entry.test(await kept())).toBe(true)
  })

  test('a file is a collection, decided, written and loaded as the guide says', () => {
    const output = said.get('new') ?? ''
    expect(output).toContain('The store is the embedded store in .usher/store')
    expect(output.replace(/^airports → .*\n/gm, '')).toContain(guide('says'))
    expect(written).toBe(guide('file'))
    expect(said.get('check')).toContain('airports: 3376 keys, all fit.\n3376 items indexed')
  })

  test('it is served at once, filtered and sorted, and documented with its types', async () => {
    const ask = guide('ask').replace('http://localhost:3000', origin)
    const answer = { ...JSON.parse(await shell(ask)), nextCursor: '…' }
    expect(answer).toEqual(JSON.parse(guide('answer')))
    const api = new Api(origin)
    const { body } = await api.get('/api/airports?state=AK&sort=state,name&limit=100')
    expect(body.data).toHaveLength(100)
    expect(body.data[0]).toEqual({
      id: 'ADK',
      name: 'Adak',
      city: 'Adak',
      state: 'AK',
      country: 'USA',
      latitude: 51.87796389,
      longitude: -176.6460306,
    })
    const { paths } = (await api.get('/api/openapi.json')).body
    const schema = JSON.stringify(paths['/api/airports/{id}'].get.responses['200'])
    expect(schema).toContain('Airport')
    expect(paths['/api/airports'].get.security).toContainEqual({})
  })

  test('the lines that it prints for users who have signed in work as they are', async () => {
    const lines = /^ {2}JWT=.*\n {2}curl .*$/m.exec(ofUsers)?.[0] ?? ''
    const { data } = JSON.parse(await shell(lines))
    expect(data.map(({ start }: { start: number }) => start)).toEqual([1565, 1603, 1625])
    expect((await new Api(origin).get('/api/monarchs')).status).toBe(401)
  })

  test('the typed client reads it by its types, and the clone compiles with it', async () => {
    const example = await readFile(join(clone.folder, 'examples/node.ts'), 'utf8')
    const own = example
      .replace("usher.items('books', { sort: 'year', limit: 5 })", AIRPORTS_OF_ALASKA)
      .replace('book.title}', ['book.name} at $', '{book.latitude.toFixed(1)}'].join(''))
    expect(own).toContain(AIRPORTS_OF_ALASKA)
    await writeFile(join(clone.folder, 'examples', 'of-airports.ts'), own)
    const bundle = '--bundle --platform=node --format=esm --outfile=.usher/example.mjs'
    const output = await shell(`npx tsc --noEmit
npx biome check --error-on-warnings lib examples
npx esbuild examples/of-*.ts --log-level=error ${bundle}
node .usher/example.mjs ${origin}`)
    expect(output).toContain('Adak at 51.9\n263 books\n')
  })

  test('what is exported is loaded again, here and into a database, where it is deployed', async () => {
    const output = await shell(guide('export'))
    expect(output).toContain('airports: 0 written, 3376 unchanged, 0 rejected')
    const engine = await embeddedEngine()
    const database = await startGateway({ engine, token: 'its-token' })
    const port = String(await freePort())
    const script = guide('deploy')
      .replace(/https:\/\/\S+\.upstash\.io/, database.url)
      .replace('\nnpm start', '\nexec npm start')
    const place = { cwd: clone.folder }
    const env = { PATH, HOME, PORT: port }
    const start = await startProgram('bash', ['-ec', script], env, /Usher listens on/, place)
    try {
      expect(start.output()).toContain('airports: 3376 written, 0 unchanged, 0 rejected')
      const api = new Api(`http://localhost:${port}`)
      const { body } = await api.get('/api/airports?state=AK&sort=name&limit=1&fields=name')
      expect(body.data).toEqual([{ id: 'ADK', name: 'Adak' }])
    } finally {
      await start.stop()
      await database.close()
      await engine.close()
    }
  })

  test('the README’s curl lines give what the README shows', async () => {
    const folder = await mkdtemp(join(tmpdir(), 'usher-walk-'))
    const script = readmeBlock('walk').replace(/http:\/\/(127\.0\.0\.1|localhost):3000/, origin)
    const { code, output } = await runProgram(
      'bash',
      ['-c', `cd ${folder} && ${script}`],
      process.env,
    )
    expect(code, output).toBe(0)
    const answers = output
      .replace(/eyJ[\w.-]+/g, 'eyJ…')
      .replace(/"requestId":"[^"]+"/, '"requestId":"…"')
      .replace(/"nextCursor":"[^"]+"/, '"nextCursor":"…"')
    expect(answers.trim()).toBe(readmeBlock('answers').trim())
  })

  test('the line that it prints works', async () => {
    const line = /curl -s [\s\S]*?password"}'/.exec(up.output())?.[0] ?? ''
    const { output } = await runProgram('bash', ['-c', line], process.env)
    expect(JSON.parse(output)).toMatchObject({ message: 'Logged in' })
  })

  test('it prints an editor and an admin whose passwords work', async () => {
    const api = new Api(origin)
    for (const [user, level] of [
      ['editor@home.org', 5],
      ['admin@home.org', 9],
    ] as const) {
      const password = new RegExp(`${user} / (\\S+)`).exec(up.output())?.[1] ?? ''
      expect((await api.signIn({ user, password })).content).toEqual({ user, level })
    }
  })

  test('the list pages through 3,202 movies, none missing and none twice', async () => {
    const api = new Api(origin)
    const { JWT } = await api.signIn()
    const seen: string[] = []
    let cursor: string | null = null
    do {
      const path = `/api/movies?limit=100${cursor === null ? '' : `&cursor=${cursor}`}`
      const { body } = await api.patiently(() => api.get(path, JWT))
      seen.push(...body.data.map((item: { id: string }) => item.id))
      cursor = body.nextCursor
    } while (cursor !== null)
    expect(seen).toHaveLength(3_202)
    expect(new Set(seen).size).toBe(3_202)
  })

  test('npm run seed finds the store of the running up', async () => {
    const args = ['run', 'seed', '--', '--from', 'vega']
    const { output } = await runProgram('npm', args, { PATH, HOME }, { cwd: clone.folder })
    expect(output).toContain('movies: 0 written, 3200 unchanged, 1 rejected')
    const [store = '', ...rest] = /^The store is .*$[\s\S]*/m.exec(output)?.[0].split('\n') ?? []
    expect(store).toMatch(
      /^The store is the embedded store, of the `npm run up` that runs as process \d+\.$/,
    )
    expect(rest.join()).toContain('written')
  })
})
