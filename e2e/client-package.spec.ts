import { mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join, resolve } from 'node:path'
import { ME } from '../test/support/api.ts'
import { expect, test } from '../test/support/fixtures.ts'
import { runProgram } from '../test/support/processes.ts'

const { PATH, HOME } = process.env
const COMPILER = resolve('node_modules/.bin/tsc')

/** As strict as a project of somebody else's may be, and with nothing of this repository. */
const CONFIG = {
  compilerOptions: {
    strict: true,
    exactOptionalPropertyTypes: true,
    noUncheckedIndexedAccess: true,
    skipLibCheck: false,
    target: 'es2022',
    lib: ['es2022', 'dom', 'dom.iterable', 'dom.asynciterable'],
    module: 'nodenext',
    types: [],
    rootDir: '.',
    outDir: 'out',
  },
  files: ['program.ts'],
}

/** What fits the types is done; what does not is a line behind `@ts-expect-error`. */
function program(origin: string): string {
  return `import { type ItemOf, UsherClient, UsherProblem } from 'usher-client'
declare const console: { log(text: string): void }

const throttled: number[] = []
const api = new UsherClient({
  url: ${JSON.stringify(origin)},
  onThrottled: ({ retryAfterSeconds = 0, waits }) => throttled.push(waits ? retryAfterSeconds : -1),
  signal: AbortSignal.timeout(60_000),
})
const { level } = await api.signIn(${JSON.stringify(ME.user)}, ${JSON.stringify(ME.password)})
const film: ItemOf<'movies'> = await api.get('movies', 'Pulp Fiction')
const year: number | undefined = film.year
const made = await api.create('reviews', { movie: film.id, rating: 5, text: 'Packed' })
const author: string = made.owner
const again = await api.patch('reviews', made.id, { rating: 4 })
let books = 0
for await (const book of api.items('books', { limit: 5 })) books += book.title === '' ? 0 : 1
const { included } = await api.get('reviews', made.id, { include: 'movie' })
const filmYear: number | undefined = included?.movies?.['Pulp Fiction']?.year
const page = await api.page('reviews', { rating: [4, 5], include: ['movie'] })
const seen: boolean = page.data.some(({ id }) => id === made.id) && page.included?.movies !== undefined
const [changed, refused] = await api.batch('reviews', [
  { op: 'update', id: made.id, patch: { rating: 3 } },
  { op: 'delete', id: 'none' },
])
const batch = [changed?.item?.rating, refused?.status, refused?.problem?.code]
await api.delete('reviews', made.id)
const problem = await api.get('books', 'none').catch((error: unknown) => error)
const code = problem instanceof UsherProblem ? problem.code : undefined
const policies = api.lastQuota.map(({ policy }) => policy)
console.log(JSON.stringify({ level, year, rating: again.rating, author, books, code, policies, filmYear, seen, batch }))

async function neverRun(): Promise<void> {
  // @ts-expect-error there is no such collection
  await api.get('songs', 'a')
  // @ts-expect-error there is no such field
  film.budget
  // @ts-expect-error the server sets it
  await api.create('reviews', { movie: 'a', rating: 5, text: '', owner: 'me' })
  // @ts-expect-error it refers to nothing
  await api.get('books', 'a', { include: 'title' })
  // @ts-expect-error there is no such act
  await api.batch('books', [{ op: 'replace', id: 'a' }])
  // @ts-expect-error a title is needed
  await api.create('books', { author: 'a' })
}
void neverRun
`
}

test('the packed client is installed in an empty project, compiles strictly there, and reads this API', async ({
  server,
}) => {
  test.setTimeout(240_000)
  const packed = await runProgram(process.execPath, ['local/run.mjs', 'client'], { PATH, HOME })
  expect(packed.code, packed.output).toBe(0)
  const file = /^dist\/client\/usher-client-[\d.]+\.tgz$/m.exec(packed.output)?.[0] ?? ''

  const folder = await mkdtemp(join(tmpdir(), 'usher-own-'))
  try {
    await writeFile(join(folder, 'package.json'), '{"name":"own","private":true,"type":"module"}')
    await writeFile(join(folder, 'tsconfig.json'), JSON.stringify(CONFIG))
    await writeFile(join(folder, 'program.ts'), program(server.origin))
    const install = ['i', '--offline', '--no-audit', '--no-fund', resolve(file)]
    const installed = await runProgram('npm', install, { PATH, HOME }, { cwd: folder })
    expect(installed.code, installed.output).toBe(0)
    expect(await readdir(join(folder, 'node_modules'))).toEqual(
      expect.arrayContaining(['usher-client']),
    )
    const files = await readdir(join(folder, 'node_modules/usher-client'), { recursive: true })
    for (const name of files.filter((each) => /\.(ts|js)$/.test(each))) {
      const text = await readFile(join(folder, 'node_modules/usher-client', name), 'utf8')
      expect(text, name).not.toMatch(/from '(?!\.)|from '[^']*\/(collections|zod|http|auth)/)
    }
    const compiled = await runProgram(COMPILER, [], { PATH }, { cwd: folder })
    expect(compiled.code, compiled.output).toBe(0)
    const { code, output } = await runProgram(
      process.execPath,
      ['out/program.js'],
      {},
      { cwd: folder },
    )
    expect(code, output).toBe(0)
    expect(JSON.parse(output)).toEqual({
      level: 0,
      year: 1994,
      rating: 4,
      author: expect.stringMatching(/^u_/),
      books: expect.any(Number),
      code: 'not-found',
      policies: ['user', 'month'],
      filmYear: 1994,
      seen: true,
      batch: [3, 404, 'not-found'],
    })
  } finally {
    await rm(folder, { recursive: true, force: true })
  }
})
