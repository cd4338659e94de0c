import { existsSync } from 'node:fs'
import { cp, mkdir, readFile, rm, stat, writeFile } from 'node:fs/promises'
import { join, resolve } from 'node:path'
import { expect, test } from '@playwright/test'
import { build } from 'esbuild'
import { Redis } from 'ioredis'
import { type Program, runProgram, startProgram, startRedis } from '../test/support/processes.ts'

/** The sources of the commands, with a registry that the commands may change. */
const SOURCES = ['demo', 'lib', 'local', 'seed'].filter((folder) => existsSync(folder))
const ENTRIES = {
  new: 'seed/new/cli.ts',
  seed: 'seed/cli.ts',
  export: 'seed/export/cli.ts',
  'check-data': 'seed/check-data/cli.ts',
}

const { PATH } = process.env

/** Where a collection's file is. */
const fileOf = (name: string): string => `lib/collections/${name}.ts`

/** Written by a spreadsheet of somebody else's: Windows-1252, semicolons, a line break in a cell, NA. */
const STATIONS = Buffer.from(
  [
    'Station Code;Name;Opened;Platforms;Height (m);Active;Price',
    'ZUE;Zürich HB;1847-08-09;26;408.5;TRUE;12.50',
    'BRN;"Bern; main\nstation";1860-05-01;NA;540;TRUE;9.90',
    'GVA;"Genève ""Cornavin""";1858-03-16;8;.5;FALSE;7.00',
    'LUG;Lugano;;5;335;TRUE;11.20',
    'XXX;Nowhere;;',
    '',
  ].join('\r\n'),
  'latin1',
)

test.describe('a collection of a file', () => {
  let folder: string
  let redis: Awaited<ReturnType<typeof startRedis>>
  let client: Redis

  test.beforeAll(async () => {
    redis = await startRedis()
    client = new Redis(redis.url)
    // Beside node_modules, so that packages are found.
    folder = resolve('.usher', `new-${process.pid}`)
    await rm(folder, { recursive: true, force: true })
    for (const source of SOURCES) await cp(source, join(folder, source), { recursive: true })
    await bundle('new')
  })
  test.afterAll(async () => {
    client.disconnect()
    await redis.stop()
    await rm(folder, { recursive: true, force: true })
  })
  test.beforeEach(async () => {
    await client.flushall()
  })

  /** The commands as they are after the registry was changed. */
  async function bundle(...names: (keyof typeof ENTRIES)[]): Promise<void> {
    await build({
      entryPoints: Object.fromEntries(names.map((name) => [name, join(folder, ENTRIES[name])])),
      outdir: join(folder, 'dist'),
      bundle: true,
      platform: 'node',
      format: 'esm',
      packages: 'external',
      logLevel: 'silent',
    })
  }

  const wordsOf = (command: keyof typeof ENTRIES, words: readonly string[]): string[] => [
    join(folder, 'dist', `${command}.js`),
    ...words,
  ]
  const run = (command: keyof typeof ENTRIES, ...words: string[]) =>
    runProgram(
      process.execPath,
      wordsOf(command, words),
      { PATH, REDIS_URL: redis.url },
      { cwd: folder },
    )
  const start = (
    ready: RegExp,
    command: keyof typeof ENTRIES,
    ...words: string[]
  ): Promise<Program> =>
    startProgram(process.execPath, wordsOf(command, words), { PATH, REDIS_URL: redis.url }, ready, {
      cwd: folder,
    })
  const at = (name: string): string => join(folder, name)
  const read = (name: string): Promise<string> => readFile(at(name), 'utf8')

  async function dump(prefix: string): Promise<Record<string, Record<string, string>>> {
    const all: Record<string, Record<string, string>> = {}
    for (const key of await client.keys(`${prefix}*`)) all[key] = await client.hgetall(key)
    return all
  }

  async function statesOf(collection: string): Promise<string[]> {
    const states = await client.hvals(`indexed:${collection}`)
    return [...new Set(states.map((state) => state.split(':').at(-1) ?? ''))]
  }

  /** So many rows that a load can be stopped in the middle. */
  const DEPOTS = 3_000
  const depots = (): string =>
    Array.from({ length: DEPOTS }, (_, row) =>
      JSON.stringify({
        code: `D${row}`,
        name: `Depot “${row}”, ${'north;south'.repeat(row % 3)}\n`,
        ...(row % 11 === 0 ? {} : { note: row % 7 === 0 ? '' : 'x' }),
        size: row % 50,
        share: row / 8,
        open: row % 2 === 0,
        since: row % 3 === 0 ? null : `20${10 + (row % 10)}-01-31`,
        tags: row % 5 === 0 ? [] : ['a "b"', `t${row % 4}`],
        place: { x: row, 'y z': null },
      }),
    ).join('\n')

  test('is its file, its line, its rows and its indexes, with what was decided and why', async () => {
    await writeFile(at('stations.csv'), STATIONS)
    await mkdir(at('.usher'), { recursive: true })
    const rejects = '.usher/rejects-stations.ndjson'
    await writeFile(at(rejects), 'of a load before')
    const trial = await run('new', 'stations.csv', '--dry-run')
    expect(trial.code, trial.output).toBe(0)
    expect(trial.output).toContain('stations: 4 would be loaded, 1 rejected')
    expect(trial.output).not.toContain('.usher')
    expect(await read(rejects)).toBe('of a load before')
    expect(existsSync(at(fileOf('stations')))).toBe(false)
    expect(await client.keys('*')).toEqual([])

    const { code, output } = await run('new', 'stations.csv')
    expect(code, output).toBe(0)
    const [first = '', second = ''] = output.split('\n')
    expect(first).toBe(`The store is the Redis at ${new URL(redis.url).host}.`)
    expect(second).toBe('stations.csv: CSV in latin1, 4 rows.')
    expect(output).toContain('whole numbers but for “NA”')
    expect(output).toContain('stations: 4 written, 0 unchanged, 1 rejected')
    expect(await read(fileOf('stations'))).toBe(`import { defineCollection } from './define.ts'

/** Stations: 4 rows of stations.csv, by Station Code. Users read them, editors change them. */
export const stations = defineCollection({
  name: 'stations',
  prefix: 'station:',
  access: { list: 'user', get: 'user', create: 'editor', update: 'editor', delete: 'editor' },
  fields: (z) => ({
    name: z.string(),
    opened: z.optional(z.date()),
    // “NA” stands for no value.
    platforms: z.optional(z.int()),
    heightM: z.number(),
    active: z.boolean(),
    // Kept digit by digit, and sent as text.
    price: z.decimal(2),
  }),
  filter: ['opened', 'platforms', 'heightM', 'active', 'price'],
  sort: ['name', 'opened', 'platforms', 'heightM', 'price'],
  search: ['name'],
})
`)
    expect(await read('lib/collections/index.ts')).toContain(
      "export { stations } from './stations.ts'\n",
    )
    const rows = {
      'station:ZUE': {
        name: 'Zürich HB',
        opened: '1847-08-09',
        platforms: '26',
        heightM: '408.5',
        active: 'true',
        price: '12.50',
      },
      'station:BRN': {
        name: 'Bern; main\nstation',
        opened: '1860-05-01',
        heightM: '540',
        active: 'true',
        price: '9.90',
      },
      'station:GVA': {
        name: 'Genève "Cornavin"',
        opened: '1858-03-16',
        platforms: '8',
        heightM: '0.5',
        active: 'false',
        price: '7.00',
      },
      'station:LUG': {
        name: 'Lugano',
        platforms: '5',
        heightM: '335',
        active: 'true',
        price: '11.20',
      },
    }
    expect(await dump('station:')).toEqual(rows)
    expect(await statesOf('stations')).toEqual(['whole'])

    // The same again changes nothing, and the command that it prints loads the same.
    await bundle('new', 'seed')
    const again = await run('new', 'stations.csv')
    expect(again.output).toContain('stands already, as it would be written')
    expect(again.output).toContain('stations: 0 written, 4 unchanged, 1 rejected')
    const line = /^ {2}npm run seed -- (.*)$/m.exec(output)?.[1] ?? ''
    await client.flushall()
    const seeded = await runProgram(
      'bash',
      ['-c', `${process.execPath} ${at('dist/seed.js')} ${line}`],
      { PATH, REDIS_URL: redis.url },
      { cwd: folder },
    )
    expect(seeded.code, seeded.output).toBe(0)
    expect(await dump('station:')).toEqual(rows)
  })

  test('is written over with --force alone, and what cannot be one is told', async () => {
    const csv = 'code,name\na,A\nb,B\n'
    await writeFile(at('stops.csv'), csv)
    expect((await run('new', 'stops.csv')).code).toBe(0)
    const written = await read(fileOf('stops'))
    const own = written.replace('z.string()', 'z.string().check(z.maxLength(80))')
    await writeFile(at(fileOf('stops')), own)
    await client.flushall()
    const refused = await run('new', 'stops.csv')
    expect([refused.code, refused.output]).toEqual([
      1,
      expect.stringMatching(/says something else: nothing was written.*--force.*npm run seed/s),
    ])
    expect(await read(fileOf('stops'))).toBe(own)
    expect(await client.keys('*')).toEqual([])
    await client.hset('stop:a', 'name', 'Somebody’s own')
    await writeFile(at(fileOf('stops')), written)
    const protecting = await run('new', 'stops.csv')
    expect(protecting.output).toContain('stops: 1 written, 0 unchanged, 1 rejected')
    expect(protecting.output).toContain('with other values: --force loads over it')
    expect(await client.hget('stop:a', 'name')).toBe('Somebody’s own')
    await writeFile(at(fileOf('stops')), own)
    expect((await run('new', 'stops.csv', '--force')).code).toBe(0)
    expect(await client.hget('stop:a', 'name')).toBe('A')
    expect(await read(fileOf('stops'))).toBe(written)
    expect((await read('lib/collections/index.ts')).match(/stops/g)).toHaveLength(2)

    await writeFile(at('broken.csv'), 'code,name\nonly one\n')
    for (const [words, code, said] of [
      [['broken.csv'], 1, 'broken.csv has no rows.'],
      [['nowhere.csv'], 1, 'nowhere.csv cannot be read: ENOENT.'],
      [
        ['stops.csv', '--name', 'more', '--id', 'key'],
        1,
        'stops.csv has no column key. Its columns: code, name.',
      ],
      [['stops.csv', '--name', 'users'], 2, "/api/users is Usher's own"],
      [['stops.csv', '--name', 'define', '--force'], 2, "define.ts is Usher's own"],
      [['stops.csv', '--name', 'index', '--force'], 2, "index.ts is Usher's own"],
      [['stops.csv', '--name', 'defineCollection'], 2, 'no word of JavaScript'],
      [['stops.csv', '--name', 'bus-stops'], 2, '--name busStops'],
      [['stops.csv', '--colour'], 2, 'npm run new -- <file>'],
      [[], 2, 'It takes the name of one file.'],
      [['--help'], 0, 'Makes a collection of a file of data'],
    ] as const) {
      const outcome = await run('new', ...words)
      expect([outcome.code, outcome.output], words.join(' ')).toEqual([
        code,
        expect.stringContaining(said),
      ])
    }
    expect(existsSync(at(fileOf('more')))).toBe(false)
    expect(await read('lib/collections/define.ts')).toContain('export function defineCollection<')
  })

  test('is finished by the same command after it was killed, comes out whole, and back in equal', async () => {
    await writeFile(at('depots.ndjson'), depots())
    const killed = await start(/ 1\d % /, 'new', 'depots.ndjson')
    killed.process.kill('SIGKILL')
    await expect.poll(() => client.dbsize()).toBeGreaterThan(0)
    expect((await client.keys('depot:*')).length).toBeLessThan(DEPOTS)
    const { code, output } = await run('new', 'depots.ndjson')
    expect(code, output).toBe(0)
    expect(output).toMatch(/depots: \d+ written, \d+ unchanged, 0 rejected/)
    expect(await client.zcard('index:depots:id')).toBe(DEPOTS)
    expect(await statesOf('depots')).toEqual(['whole'])
    const stored = await dump('depot:')
    expect(Object.keys(stored)).toHaveLength(DEPOTS)

    await bundle('seed', 'export')
    for (const name of ['depots.out.ndjson', 'depots.out.csv']) {
      const stopped = await start(/depots [13]\d % /, 'export', 'depots', '--to', name)
      stopped.process.kill('SIGINT')
      await expect.poll(() => stopped.process.exitCode).toBe(130)
      expect(existsSync(at(name))).toBe(false)
      const half = (await stat(at(`${name}.part`))).size
      // Half of a line, as a process that is killed leaves it.
      await writeFile(at(`${name}.part`), '{"id":"D1","na', { flag: 'a' })
      const whole = await run('export', 'depots', '--to', name)
      expect(whole.code, whole.output).toBe(0)
      expect((await stat(at(name))).size).toBeGreaterThan(half)
      expect(existsSync(at(`${name}.part`))).toBe(false)
      expect((await run('export', 'depots', '--to', name)).code).toBe(1)

      await client.flushall()
      const loaded = await run('seed', name, '--collection', 'depots')
      expect(loaded.output).toContain(`depots: ${DEPOTS} written, 0 unchanged, 0 rejected`)
      // In CSV a text without a character is none.
      const expected = name.endsWith('.csv') ? withoutEmpty(stored) : stored
      expect(await dump('depot:')).toEqual(expected)
    }
  })

  test('tells which hashes do not fit its file by now, and converts what it can', async () => {
    await mkdir(at('data'), { recursive: true })
    const rows = [
      { code: 'a', size: 1, open: true, tags: ['x'], since: '2020-01-31' },
      { code: 'b', size: 2, open: false, tags: ['y', 'x'], since: '2021-01-31' },
    ]
    await writeFile(at('data/sheds.json'), JSON.stringify(rows))
    expect((await run('new', 'data/sheds.json')).code).toBe(0)
    await bundle('check-data')
    const fits = await run('check-data', 'sheds')
    expect([fits.code, fits.output]).toEqual([
      0,
      expect.stringContaining('sheds: 2 keys, all fit.'),
    ])

    await client.hset('shed:a', { size: '+7', open: 'Yes', since: '2020/01/31', secret: 's' })
    await client.hset('shed:b', { size: 'many', tags: 'z', open: 'TRUE' })
    await client.hset('shed:c', { colour: 'red' })
    await client.hset('shed:d', { size: '1' })
    await client.set('shed:e', 'a text')
    for (let other = 0; other < 12; other++) {
      await client.hset(`shed:z${other}`, {
        size: `${other} m`,
        open: 'true',
        tags: '[]',
        since: '2020-01-31',
      })
    }
    const { code, output } = await run('check-data', 'sheds')
    expect(code, output).toBe(1)
    const all = output.replace(/^ {6}.*\n/gm, '')
    for (const line of [
      'sheds: 17 keys, 17 do not fit.',
      '  14 × size: is not of type number: the item is not served',
      '  1 × its key holds a string, and no hash: not served',
      '  1 × no field has a value: not served',
      '  1 × open: missing: the item is not served',
      '  2 × open: is not of type boolean: the item is not served',
      '  1 × tags: is not JSON: the item is not served',
      'Fields that the file does not name, which no answer has: "colour" (1), "secret" (1).',
      '2 can be converted without loss: npm run check-data -- sheds --fix',
    ]) {
      expect(all).toContain(line)
    }
    // Ten examples, and that there are more.
    expect(output.match(/^ {6}"z\d+": "\d+ m"$/gm)?.length).toBeLessThanOrEqual(10)
    expect(output).toContain('      …\n')
    expect(await client.hget('shed:a', 'size')).toBe('+7')

    const fixed = await run('check-data', 'sheds', '--fix')
    expect([fixed.code, fixed.output]).toEqual([
      1,
      expect.stringContaining('2 were converted without loss.'),
    ])
    expect(await client.hgetall('shed:a')).toEqual({
      size: '7',
      open: 'true',
      tags: '["x"]',
      since: '2020-01-31',
      secret: 's',
    })
    expect(await client.hgetall('shed:b')).toEqual({
      size: 'many',
      open: 'true',
      tags: '["z"]',
      since: '2021-01-31',
    })

    // A sort order that the file has since.
    const file = at(fileOf('sheds'))
    const source = await readFile(file, 'utf8')
    await writeFile(file, source.replace(/^ {2}sort: \[/m, "  sort: ['-size,since', "))
    await bundle('check-data')
    for (const key of await client.keys('shed:*')) {
      if (!['shed:a'].includes(key)) await client.del(key)
    }
    const lacking = await run('check-data', 'sheds')
    expect([lacking.code, lacking.output]).toEqual([
      1,
      expect.stringMatching(
        /all fit\.[\s\S]*Not built: size,-since\.[\s\S]*check-data -- sheds --reindex/,
      ),
    ])
    const built = await run('check-data', 'sheds', '--reindex')
    expect([built.code, built.output]).toEqual([0, expect.stringContaining('1 items indexed')])
    expect(await client.zcard('index:sheds:size,-since')).toBe(1)
    expect((await run('check-data', 'sheds')).code).toBe(0)
    expect((await run('check-data', 'nothing')).code).toBe(2)
  })
})

function withoutEmpty(
  all: Record<string, Record<string, string>>,
): Record<string, Record<string, string>> {
  const filled = ([, text]: [string, string]): boolean => text !== ''
  return Object.fromEntries(
    Object.entries(all).map(([key, hash]) => [
      key,
      Object.fromEntries(Object.entries(hash).filter(filled)),
    ]),
  )
}
