import { mkdir, rm, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { Redis } from '@upstash/redis'
import { heal, sweep } from '../lib/collections/heal.ts'
import { allCollections, collections } from '../lib/collections/index.ts'
import { BOOKS, MOVIES } from './data.ts'
import { type ImportOptions, type ImportReport, importRows, loadingStore } from './import.ts'
import { progressBar } from './progress.ts'
import type { Reject, Row } from './rows.ts'
import { type DemoUser, seedUsers } from './users.ts'

/** Connects for loading: generous with time, values as they are stored. */
export function connectForLoading(database: { url: string; token: string }): Redis {
  return new Redis({
    ...database,
    automaticDeserialization: false,
    enableTelemetry: false,
    retry: { retries: 3 },
    signal: () => AbortSignal.timeout(30_000),
  })
}

/** Loads the four movies and the books, where they are not there yet. */
export async function loadDemoItems(redis: Redis): Promise<void> {
  await importRows({ redis, collection: collections.movies, rows: MOVIES, mode: 'add' })
  await importRows({ redis, collection: collections.books, rows: BOOKS, mode: 'add' })
}

/** Loads the items of the demo and its accounts. See {@link seedUsers}. */
export async function loadDemo(
  redis: Redis,
  options: { publicPassword: boolean; accounts?: Redis | undefined },
): Promise<DemoUser[]> {
  await loadDemoItems(redis)
  return seedUsers(options.accounts ?? redis, options)
}

/** The database of users and sessions, where the environment names one of their own. */
export function connectAccounts(variables: NodeJS.ProcessEnv): Redis | undefined {
  const url = variables['AUTH_REDIS_REST_URL']
  const token = variables['AUTH_REDIS_REST_TOKEN']
  return url && token ? connectForLoading({ url, token }) : undefined
}

/** Loads the movies of `vega-datasets`. */
export async function loadVega(
  redis: Redis,
  mode: ImportOptions['mode'] = 'update',
): Promise<ImportReport> {
  // A development dependency: `npm start` must not need it.
  const { readVega } = await import('./vega.ts')
  return load(redis, 'movies', await readVega(), 'vega', 'title', mode)
}

/** Loads rows with a progress bar, and writes what was rejected beside it. */
export async function load(
  redis: Redis,
  name: keyof typeof collections,
  rows: readonly Row[],
  source: string,
  idColumn = 'id',
  mode: ImportOptions['mode'] = 'update',
): Promise<ImportReport> {
  const report = await importRows({
    redis,
    collection: collections[name],
    rows,
    idColumn,
    mode,
    onProgress: progressBar(`${source} → ${name}`),
  })
  const file = await writeRejects(source, report.rejects)
  console.log(
    `${name}: ${report.written} written, ${report.unchanged} unchanged, ${report.rejects.length} rejected` +
      (file === undefined ? '.' : `: the reasons are in ${file}.`),
  )
  return report
}

async function writeRejects(source: string, rejects: Reject[]): Promise<string | undefined> {
  const file = join('.usher', `rejects-${source}.ndjson`)
  if (rejects.length === 0) {
    await rm(file, { force: true })
    return undefined
  }
  await mkdir('.usher', { recursive: true })
  await writeFile(file, `${rejects.map((reject) => JSON.stringify(reject)).join('\n')}\n`)
  return file
}

/** Another healer was at work all along. */
class HealerBusy extends Error {
  override readonly name = 'HealerBusy'
}

/** Makes every index say what the hashes do, and waits for a healer that is at work. */
export async function reindex(redis: Redis): Promise<void> {
  const store = loadingStore(redis)
  let seen = 0
  const onProgress = (keys: number): void => {
    seen += keys
    if (process.stderr.isTTY) process.stderr.write(`\r${seen} hashes looked at`)
  }
  let healing = await heal(store, { restMs: 0, again: true, onProgress })
  // The background healer of a running server lets go within half a minute.
  for (let tries = 0; !healing.finished && tries < 40; tries++) {
    await sleep(1_000)
    healing = await heal(store, { restMs: 0, again: true, onProgress })
  }
  if (!healing.finished) throw new HealerBusy()
  const { indexed, removed } = healing
  let swept = 0
  for (const collection of allCollections()) swept += await sweep(store, collection)
  if (process.stderr.isTTY) process.stderr.write('\n')
  console.log(`${indexed} items indexed, ${removed} ids and ${swept} members taken out.`)
}
