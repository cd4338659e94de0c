import { cp, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join, resolve } from 'node:path'
import { build } from 'esbuild'
import { Redis } from 'ioredis'
import { TYPE_NAMES } from '../lib/collections/schema.ts'
import { expect, test } from '../test/support/fixtures.ts'
import { freePort, runProgram, startRedis } from '../test/support/processes.ts'

/** A file with something wrong in it, and all that must become of it. */
interface Dirty {
  file: string
  holds: string | Buffer
  words?: string[]
  code?: number
  /** What is stored afterwards, field by field; nothing else is. */
  stored?: Record<string, Record<string, string>>
  /** The line and the reason of every record that is not. */
  rejects?: [line: number, reason: string][]
  /** What else the screen says. */
  says?: string[]
}

const utf16be = (text: string): Buffer => Buffer.from(`\ufeff${text}`, 'utf16le').swap16()
const MARKS = 'e\u0301\u0316'.repeat(20_000)

const FOLDER: Dirty[] = [
  {
    file: 'surrogates.json',
    holds: String.raw`[{"id":"a","director":"cut \ud83c","year":1},{"id":"b","director":"\udc00x"},
{"id":"\ud83c","director":"x"},{"id":"c","direc\ud83ctor":"x","year":2},
{"id":"d","director":"whole \ud83c\udfac, \ufffd","year":1}]`,
    stored: { 'movie:d': { director: 'whole \u{1f3ac}, \ufffd', year: '1' } },
    rejects: [
      [1, 'director: does not fit: is not well-formed Unicode'],
      [1, 'director: does not fit: is not well-formed Unicode'],
      [2, 'id: is not well-formed Unicode'],
      [2, 'a column has a name that is not well-formed Unicode'],
    ],
  },
  {
    file: 'surrogates.ndjson',
    holds: String.raw`{"id":"a","director":"cut \ud83c"}
{"id":"b","director":"x"}`,
    stored: { 'movie:b': { director: 'x' } },
    rejects: [[1, 'director: does not fit: is not well-formed Unicode']],
  },
  {
    file: 'surrogates.csv',
    holds: Buffer.from('\ufeffid,director\na,cut \ud83c\nb,\u{1f3ac}\n', 'utf16le'),
    words: ['--encoding', 'utf-16le'],
    stored: { 'movie:b': { director: '\u{1f3ac}' } },
    rejects: [[2, 'director: does not fit: is not well-formed Unicode']],
  },
  {
    file: 'numbers.json',
    holds: `[{"id":9007199254740993,"director":"A"},{"id":9007199254740992,"director":9007199254740993},
{"id":1.50,"director":1e400},{"id":7,"year":1e3},
{"id":8,"year":9007199254740993},{"id":9,"year":1e999}]`,
    stored: {
      'movie:9007199254740993': { director: 'A' },
      'movie:9007199254740992': { director: '9007199254740993' },
      'movie:1.50': { director: '1e400' },
      'movie:7': { year: '1000' },
    },
    rejects: [
      [3, 'year: does not fit: cannot be kept exactly as a number'],
      [3, 'year: does not fit: cannot be kept exactly as a number'],
    ],
  },
  {
    file: 'types.json',
    holds: `[{"_id":{"$oid":"573a"},"director":"A"},{"_id":["a"],"director":"A"},{"_id":true,"director":"A"},
{"_id":"o","director":{"name":"A"}},{"_id":"l","director":["A","]"]},{"_id":"t","director":false},
{"_id":"n","year":true},{"_id":null,"year":1},{"_id":"e","director":""},{"_id":"z","director":null,"year":1},
{"_id":"m","year":""},7,null]`,
    words: ['--id', '_id'],
    stored: { 'movie:e': { director: '' }, 'movie:z': { year: '1' } },
    rejects: [
      [1, '_id: is an object'],
      [1, '_id: is a list'],
      [1, '_id: is true or false'],
      [2, 'director: does not fit: is an object'],
      [2, 'director: does not fit: is a list'],
      [2, 'director: does not fit: is true or false'],
      [3, 'year: does not fit: is true or false'],
      [3, '_id: missing'],
      [4, 'year: does not fit: is not of type number'],
      [4, 'is not an object'],
      [4, 'is not an object'],
    ],
  },
  {
    file: 'mark.json',
    holds: '\ufeff[{"id":"a","director":"\ufeffx"}]',
    // The mark within a text is the text's own.
    stored: { 'movie:a': { director: '\ufeffx' } },
  },
  { file: 'mark.ndjson', holds: '\ufeff{"id":"a","year":1}', stored: { 'movie:a': { year: '1' } } },
  { file: 'mark.csv', holds: '\ufeffid,year\na,1\n', stored: { 'movie:a': { year: '1' } } },
  {
    file: 'wide.json',
    holds: Buffer.from('\ufeff[{"id":"a","year":1}]', 'utf16le'),
    code: 1,
    says: ['wide.json is UTF-16, not UTF-8', '--encoding utf-16le'],
  },
  {
    file: 'wide-without-mark.csv',
    holds: utf16be('id,year\na,1\n').subarray(2),
    code: 1,
    says: ['is UTF-16, not UTF-8', '--encoding utf-16be'],
  },
  {
    file: 'wide.csv',
    holds: utf16be('id,director\na,Čapek\n'),
    words: ['--encoding', 'utf-16be'],
    stored: { 'movie:a': { director: 'Čapek' } },
  },
  {
    file: 'latin.csv',
    holds: Buffer.from('id,director\na,\xe7a\nb,Fran\xe8ois\n', 'latin1'),
    code: 1,
    says: ['latin.csv is not UTF-8: line 2, byte offset 14: 0xE7', '--encoding latin1'],
  },
  {
    file: 'cut.json',
    holds: Buffer.concat([
      Buffer.from('[{"id":"\ufffd",\n"director":"'),
      Buffer.of(0xe2, 0x82, 0x22),
    ]),
    code: 1,
    says: ['cut.json is not UTF-8: line 2, byte offset 26: 0xE2'],
  },
  {
    file: 'latin-as-such.csv',
    holds: Buffer.from('id,director\nb,\x93Fran\xe8ois\x94\n', 'latin1'),
    words: ['--encoding', 'latin1'],
    stored: { 'movie:b': { director: '“Franèois”' } },
  },
  {
    file: 'not-latin.csv',
    holds: Buffer.from('id,director\nb,\x81\n', 'latin1'),
    words: ['--encoding', 'windows-1252'],
    code: 1,
    says: ['is not windows-1252: line 2, byte offset 14: 0x81'],
  },
  ...[',', ';', '\t', '|'].map(
    (delimiter, index): Dirty => ({
      file: `delimiter-${index}.csv`,
      holds: [
        ['id', 'director', 'year'],
        ['a', '"b,;""\n|\tc"', '1'],
      ]
        .map((cells) => cells.join(delimiter))
        .join('\r\n'),
      stored: { 'movie:a': { director: 'b,;"\n|\tc', year: '1' } },
    }),
  ),
  {
    file: 'capitals.csv',
    holds: 'ID,Director,Year\na,A,1\nb,B,2\n',
    code: 1,
    rejects: [
      [2, 'ID, Director, Year: not fields of the collection'],
      [3, 'ID, Director, Year: not fields of the collection'],
    ],
    says: [
      '2 × ID, Director, Year',
      'The fields of movies: id, director, year',
      '--map',
      '--skip-unknown',
    ],
  },
  {
    file: 'renamed.csv',
    holds: 'ID,Director,Year,Gross\na,A,1,5\n',
    words: ['--map', 'ID=id', '--map', 'Director=director', '--map=Year=year', '--skip-unknown'],
    stored: { 'movie:a': { director: 'A', year: '1' } },
  },
  {
    file: 'misspelled.csv',
    holds: 'ID,Director\na,A\n',
    words: ['--id', 'Id'],
    code: 1,
    says: ['misspelled.csv has no column Id. Its columns: ID, Director.'],
  },
  {
    file: 'twice.csv',
    holds: 'id,director,year,year\na,A,1,2\n',
    code: 1,
    says: ['twice.csv has two columns of one name: year (columns 3 and 4)'],
  },
  {
    file: 'twice.json',
    holds: '[{"id":"a","year":1,"year":2},\n{"id":"b","year":1,"Year":2}]',
    words: ['--map', 'Year=year'],
    code: 1,
    rejects: [
      [1, 'year: occurs twice in one object'],
      [2, 'year: two columns are this field'],
    ],
  },
  {
    file: 'broken.csv',
    holds: 'id,director,year\na,A,1\nb,B\n   \n\nc,say "C",3\nd,D,4,5\ne,E,5\n"f,F,6\ng,G,7\n',
    stored: {
      'movie:a': { director: 'A', year: '1' },
      'movie:e': { director: 'E', year: '5' },
      'movie:g': { director: 'G', year: '7' },
    },
    rejects: [
      [3, 'has 2 values where the header has 3'],
      [4, 'is a line of blanks'],
      [6, 'has a quote within a value: put the whole value in quotes, and double those in it'],
      [7, 'has 4 values where the header has 3'],
      [9, 'has a quote that is never closed'],
    ],
  },
  {
    file: 'broken.ndjson',
    holds: '{"id":"a","year":1}\n{"id":"b","year":\n  \n{"id":"c","year":3}\n',
    stored: { 'movie:a': { year: '1' }, 'movie:c': { year: '3' } },
    rejects: [[2, 'is not JSON: it ends where a value is missing']],
  },
  {
    file: 'broken.json',
    holds: '[{"id":"a","year":1},\n{"id":"b","year":x}]',
    code: 1,
    says: ['broken.json is not JSON: line 2, column 18: "x" where a value is expected'],
  },
  {
    file: 'as-they-are.json',
    // Composed and decomposed, and with blanks at both ends: four items of four names.
    holds: JSON.stringify([
      { id: 'é', director: ' x ' },
      { id: 'e\u0301', director: 'e\u0301' },
      { id: ' é ', director: '\u0000' },
      { id: 'long', director: MARKS },
      { id: MARKS, director: 'x' },
      { id: 'é', director: 'again' },
    ]),
    stored: {
      'movie:é': { director: ' x ' },
      'movie:e\u0301': { director: 'e\u0301' },
      'movie: é ': { director: '\u0000' },
      'movie:long': { director: MARKS },
    },
    rejects: [
      [1, 'id: has 1 to 256 characters'],
      [1, 'id: occurs before'],
    ],
  },
  {
    file: 'owned.csv',
    holds: 'id,movie,rating,text\nr,Alien,5,"x, y"\ns,Alien,6,\nt,Alien,4,\n',
    words: ['--collection', 'reviews', '--set', 'owner=me@home.org', '--set', 'createdAt=2026'],
    stored: {
      'review:r': {
        movie: 'Alien',
        rating: '5',
        text: 'x, y',
        owner: 'me@home.org',
        createdAt: '2026',
      },
    },
    rejects: [
      [3, 'rating: does not fit: is larger than 5'],
      [4, 'text: missing'],
    ],
  },
  {
    file: 'id-is-a-field.csv',
    holds: 'title,author\nEmma,Jane Austen\n',
    words: ['--collection', 'books', '--id', 'title'],
    stored: { 'book:Emma': { title: 'Emma', author: 'Jane Austen' } },
  },
  { file: 'header-alone.csv', holds: 'id,year\n', code: 1, says: ['has no rows'] },
  { file: 'empty.json', holds: '', code: 1, says: ['empty.json is not a list of objects'] },
]

test.describe('a folder of dirty files', () => {
  let redis: Awaited<ReturnType<typeof startRedis>>
  let client: Redis
  let folder: string

  test.beforeAll(async () => {
    redis = await startRedis()
    client = new Redis(redis.url)
    folder = await mkdtemp(join(tmpdir(), 'usher-seed-'))
  })
  test.afterAll(async () => {
    client.disconnect()
    await redis.stop()
  })
  test.beforeEach(async () => {
    await client.flushall()
  })

  const seed = (words: string[], more: Record<string, string> = { REDIS_URL: redis.url }) =>
    runProgram(process.execPath, ['dist/seed.js', ...words], { PATH: process.env['PATH'], ...more })

  async function stored(): Promise<Record<string, Record<string, string>>> {
    const all: Record<string, Record<string, string>> = {}
    for (const key of await client.keys('*'))
      if (/^(movie|book|review):/.test(key)) all[key] = await client.hgetall(key)
    return all
  }

  async function rejectsOf(file: string): Promise<[number, string][]> {
    const name = file.replace(/\.\w+$/, '')
    const text = await readFile(`.usher/rejects-${name}.ndjson`, 'utf8').catch(() => '')
    return text
      .split('\n')
      .filter((line) => line !== '')
      .map((line): [number, string] => {
        const { line: at, reason } = JSON.parse(line)
        return [at, reason]
      })
  }

  for (const { file, holds, words = [], code = 0, ...expected } of FOLDER) {
    test(`${file} ${words.join(' ')}: each row is stored as it is, or listed with its line and reason`, async () => {
      const path = join(folder, file)
      await writeFile(path, holds)
      const collection = words.includes('--collection') ? [] : ['--collection', 'movies']
      const first = await seed([path, ...collection, ...words])
      expect(first.code, first.output).toBe(code)
      expect(await stored()).toEqual(expected.stored ?? {})
      expect(await rejectsOf(file)).toEqual(expected.rejects ?? [])
      for (const said of expected.says ?? []) expect(first.output).toContain(said)
      if (code === 1) return

      const again = await seed([path, ...collection, ...words])
      expect(again.code).toBe(0)
      expect(again.output).toContain(
        `: 0 written, ${Object.keys(expected.stored ?? {}).length} unchanged,`,
      )
    })
  }

  test('a file without ids gets ids of what its rows say: the same again, and one for each of two that are alike', async () => {
    const path = join(folder, 'without-ids.csv')
    await writeFile(path, 'director,year\nA,1\nA,1\nB,2\n')
    const { output } = await seed([path, '--collection', 'movies'])
    expect(output).toContain('There is no column id: ids were made up')
    const before = await stored()
    const values = Object.values(before).map(({ director, year }) => `${director} ${year}`)
    expect(values.sort()).toEqual(['A 1', 'A 1', 'B 2'])
    const again = await seed([path, '--collection', 'movies'])
    expect(again.output).toContain('movies: 0 written, 3 unchanged, 0 rejected')
    expect(await stored()).toEqual(before)
  })

  test('what a key holds that is no hash stays, and its row is a reject', async () => {
    await client.set('movie:a', 'somebody’s')
    const path = join(folder, 'taken.csv')
    await writeFile(path, 'id,year\na,1\nb,2\n')
    const { code, output } = await seed([path, '--collection', 'movies'])
    expect(code, output).toBe(0)
    expect(await rejectsOf('taken.csv')).toEqual([[2, 'its key holds something that is no hash']])
    expect(await client.get('movie:a')).toBe('somebody’s')
    expect(await client.hgetall('movie:b')).toEqual({ year: '2' })
  })

  test('rows of much text are loaded in batches that a store takes; one beyond 1 MiB is a reject', async () => {
    const text = 'x'.repeat(200_000)
    const rows = Array.from({ length: 60 }, (_, id) => ({ id: String(id), director: text }))
    const path = join(folder, 'large.json')
    const larger = { id: 'larger', director: 'x'.repeat(1_048_577) }
    await writeFile(path, JSON.stringify([...rows, larger]))
    const { code, output } = await seed([path, '--collection', 'movies'])
    expect(code, output).toBe(0)
    expect(output).toContain('movies: 60 written, 0 unchanged, 1 rejected')
    expect(await client.hget('movie:59', 'director')).toBe(text)
  })

  test('--dry-run says the same, writes nothing and needs no store', async () => {
    const path = join(folder, 'trial.csv')
    await writeFile(path, 'id,year\na,1\nb,soon\n')
    const trial = await seed([path, '--collection', 'movies', '--dry-run'])
    expect(trial.code, trial.output).toBe(0)
    expect(trial.output).toContain('movies: 1 would be loaded, 1 rejected')
    expect(trial.output).toContain('1 × year: does not fit: is not of type number (line 3: "soon")')
    expect(await client.keys('*')).toEqual([])
    expect((await seed([path, '--collection', 'movies', '--dry-run'], {})).code).toBe(0)
    await writeFile(path, 'id,year\nb,soon\n')
    expect((await seed([path, '--collection', 'movies', '--dry-run'], {})).code).toBe(1)
    expect((await seed(['--demo', '--dry-run'])).code).toBe(2)
    expect(await client.keys('*')).toEqual([])
  })

  test('many rejects are a few lines on the screen: reasons, how many, and examples', async () => {
    const path = join(folder, 'many.csv')
    const rows = Array.from({ length: 500 }, (_, row) => `${row},year ${row}\n`)
    await writeFile(path, `id,year\n${rows.join('')}`)
    const { code, output } = await seed([path, '--collection', 'movies'])
    expect(code).toBe(1)
    expect(output).toContain(
      '  500 × year: does not fit: is not of type number (line 2: "year 0"; line 3: "year 1"; line 4: "year 2"; …)',
    )
    expect(output.split('\n').length).toBeLessThan(12)
    expect(await rejectsOf('many.csv')).toHaveLength(500)
  })

  test('the store is named first, without its password', async () => {
    const path = join(folder, 'named.csv')
    await writeFile(path, 'id,year\na,1\n')
    await client.config('SET', 'requirepass', 'a-password-of-redis')
    try {
      const { host } = new URL(redis.url)
      const url = `redis://:a-password-of-redis@${host}/1`
      const { code, output } = await seed([path, '--collection', 'movies'], { REDIS_URL: url })
      expect(code, output).toBe(0)
      expect(output).toMatch(new RegExp(`^The store is the Redis at ${host}/1\\.\n`))
      expect(output).not.toContain('a-password-of-redis')
    } finally {
      await client.config('SET', 'requirepass', '')
    }
  })

  test('it says that the same command finishes the job where that is true alone', async () => {
    const path = join(folder, 'promise.csv')
    await writeFile(path, 'id,year\na,1\n')
    const nobody = { REDIS_URL: `redis://127.0.0.1:${await freePort()}` }
    const away = await seed([path, '--collection', 'movies'], nobody)
    expect(away.code).toBe(1)
    expect(away.output).toContain('once it answers again, the same command finishes the job')
    const missing = await seed([join(folder, 'nowhere.csv'), '--collection', 'movies'])
    expect(missing.code).toBe(1)
    expect(missing.output).toContain('nowhere.csv cannot be read: ENOENT')
    expect(missing.output).not.toContain('the same command')
  })

  test('a collection with a type that does not exist is named with field, file and types', async () => {
    // Beside node_modules, so that packages are found.
    const copy = resolve('.usher', `declaration-${process.pid}`)
    try {
      for (const part of ['demo', 'lib', 'local', 'seed']) {
        await cp(part, join(copy, part), { recursive: true })
      }
      const movies = join(copy, 'lib/collections/movies.ts')
      const source = await readFile(movies, 'utf8')
      await writeFile(movies, source.replace('z.optional(z.int())', 'z.optional(z.bigint())'))
      const outfile = join(copy, 'seed.js')
      const options = {
        bundle: true,
        platform: 'node',
        format: 'esm',
        packages: 'external',
      } as const
      await build({ entryPoints: [join(copy, 'seed/cli.ts')], outfile, ...options })
      const { code, output } = await runProgram(process.execPath, [outfile, '--from', 'vega'], {
        REDIS_URL: redis.url,
      })
      expect([code, output.trim()]).toEqual([
        1,
        `lib/collections/movies.ts: the field year has z.bigint, which there is not. The types are ${TYPE_NAMES.map((name) => `z.${name}`).join(', ')}.`,
      ])
    } finally {
      await rm(copy, { recursive: true, force: true })
    }
  })
})
