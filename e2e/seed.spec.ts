import { mkdtemp, readFile, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { Redis } from 'ioredis'
import { expect, test } from '../test/support/fixtures.ts'
import { runProgram, startProgram, startRedis } from '../test/support/processes.ts'

test.describe('npm run seed', () => {
  let redis: Awaited<ReturnType<typeof startRedis>>
  let client: Redis
  const seed = (...args: string[]) =>
    runProgram(process.execPath, ['local/run.mjs', 'seed', ...args], {
      ...process.env,
      REDIS_URL: redis.url,
    })

  test.beforeAll(async () => {
    redis = await startRedis()
    client = new Redis(redis.url)
  })
  test.afterAll(async () => {
    client.disconnect()
    await redis.stop()
  })
  test.beforeEach(async () => {
    await client.flushall()
  })

  async function dump(): Promise<Record<string, Record<string, string>>> {
    const all: Record<string, Record<string, string>> = {}
    for (const key of (await client.keys('*:*')).sort())
      if (/^(movie|book):/.test(key)) all[key] = await client.hgetall(key)
    return all
  }

  test('imports every dirty row of vega-datasets under a distinct, readable id, or says why not', async () => {
    const { code, output } = await seed('--from', 'vega')
    expect(code, output).toBe(0)
    expect(output).toContain('movies: 3200 written, 0 unchanged, 1 rejected')
    expect(output).toMatch(/100 % \(3201\/3201\)/)
    const rejects = (await readFile('.usher/rejects-vega.ndjson', 'utf8')).trim().split('\n')
    expect(rejects.map((line) => JSON.parse(line))).toEqual([
      { row: 3054, reason: 'title: missing', data: { title: '', year: 2006 } },
    ])

    const stored = await dump()
    expect(Object.keys(stored)).toHaveLength(3_200)
    expect(stored).toMatchObject({
      'movie:300': { director: 'Zack Snyder', year: '2007' },
      'movie:Casino Royale (1967)': { director: 'John Huston', year: '1967' },
      'movie:Casino Royale (2006)': { director: 'Martin Campbell', year: '2006' },
      'movie:20,000 Leagues Under the Sea (1916)': { year: '1916' },
      'movie:Modern Times': { year: '1936' },
      'movie:Astérix aux Jeux Olympiques': { year: '2008' },
      'movie:Nine 1/2 Weeks': { director: 'Adrian Lyne', year: '1986' },
      'movie:2001: A Space Odyssey': { director: 'Stanley Kubrick', year: '1968' },
      'movie:Alien³': { director: 'David Fincher', year: '1992' },
      "movie:I Love You … Don't Touch Me!": { year: '1998' },
      'movie:The Naked Gun 2½: The Smell of Fear': { director: 'David Zucker', year: '1991' },
    })
    const ids = Object.keys(stored)
    for (const title of ['Casino Royale', 'Hamlet', 'Twilight'])
      expect(ids).not.toContain(`movie:${title}`)
    const years = Object.values(stored).map(({ year }) => Number(year))
    expect(Math.max(...years)).toBe(2011)
    expect(Object.values(stored).filter(({ director }) => director === undefined)).toHaveLength(
      1_330,
    )

    const again = await seed('--from', 'vega')
    expect(again.output).toContain('movies: 0 written, 3200 unchanged, 1 rejected')
    expect(await dump()).toEqual(stored)
  })

  test('killed half way and run again, it finishes the job', async () => {
    const { process: child } = await startProgram(
      process.execPath,
      ['local/run.mjs', 'seed', '--from', 'vega'],
      { ...process.env, REDIS_URL: redis.url },
      / 1\d % /,
    )
    child.kill('SIGKILL')
    await expect.poll(() => client.dbsize()).toBeGreaterThan(0)
    expect(await client.dbsize()).toBeLessThan(3_200)
    const { output } = await seed('--from', 'vega')
    expect(output).toMatch(/movies: \d+ written, \d+ unchanged, 1 rejected/)
    expect(await client.keys('movie:*')).toHaveLength(3_200)
    // Items and indexes are written together.
    for (const index of ['id', 'year', 'director'])
      expect(await client.zcard(`index:movies:${index}`)).toBe(3_200)
  })

  test('reads JSON, NDJSON and CSV, and lists each reject with its row and reason', async () => {
    const folder = await mkdtemp(join(tmpdir(), 'usher-seed-'))
    const csv = join(folder, 'few.csv')
    await writeFile(
      csv,
      'name,director,year\nOne,"A, B",1999\n,C,2000\nThree,D,soon\n..,E,2001\nOne,F,2002\n',
    )
    const loaded = await seed(csv, '--collection', 'movies', '--id', 'name')
    expect(loaded.code, loaded.output).toBe(0)
    expect(loaded.output).toContain('movies: 1 written, 0 unchanged, 4 rejected')
    const rejects = (await readFile('.usher/rejects-few.ndjson', 'utf8')).trim().split('\n')
    expect(rejects.map((line) => JSON.parse(line)).map(({ row, reason }) => [row, reason])).toEqual(
      [
        [2, 'name: missing'],
        [3, 'year: does not fit: is not of type number'],
        [4, 'name: is reserved: . and .. mean something else in a path'],
        [5, 'name: occurs before'],
      ],
    )
    const ndjson = join(folder, 'books.ndjson')
    await writeFile(
      ndjson,
      '{"id":"a","title":"A","author":"X"}\n\n{"id":"b","title":"B","author":"Y","isbn":"1"}\n',
    )
    expect((await seed(ndjson, '--collection', 'books')).output).toContain(
      '1 written, 0 unchanged, 1 rejected',
    )
    expect(await dump()).toEqual({
      'book:a': { title: 'A', author: 'X' },
      'movie:One': { director: 'A, B', year: '1999' },
    })
  })

  test('exit 2 with the help for words it does not know, exit 1 for a file it cannot read', async () => {
    for (const args of [
      [],
      ['x.json'],
      ['--from', 'imdb'],
      ['x.json', '--collection', 'users'],
      ['--wrong'],
    ]) {
      const { code, output } = await seed(...args)
      expect(code, args.join(' ')).toBe(2)
      expect(output).toContain('npm run seed -- <file> --collection <name>')
    }
    expect((await seed('--help')).code).toBe(0)
    const { code, output } = await seed('nowhere.json', '--collection', 'movies')
    expect([code, output]).toEqual([
      1,
      expect.stringContaining('nowhere.json cannot be read: ENOENT'),
    ])
  })
})
