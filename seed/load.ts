import { setTimeout as sleep } from 'node:timers/promises'
import { Redis } from '@upstash/redis'
import type { Collection } from '../lib/collections/define.ts'
import { heal } from '../lib/items/heal.ts'
import { readerOf } from '../lib/items/item.ts'
import { allCollections } from '../lib/items/registry.ts'
import { sweep } from '../lib/items/repair.ts'
import { type ColumnOptions, columnsIn, findColumns, listed, PLAIN_COLUMNS } from './columns.ts'
import { importRows, importSifted, loadingStore, type Mode } from './import.ts'
import { progressBar } from './progress.ts'
import { tally, writeRejects } from './rejects.ts'
import type { Found, Reject } from './rows.ts'
import type { Source } from './sample-types.ts'
import { samples } from './samples.ts'
import { sift } from './sift.ts'
import { type DemoUser, seedUsers } from './users.ts'

/** Connects for loading: generous with time, values as they are stored. */
export function connectForLoading(database: { url: string; token: string }): Redis {
  return new Redis({
    ...database,
    automaticDeserialization: false,
    enableTelemetry: false,
    // The client's base64 decoder drops a byte order mark; JSON keeps every text as it is.
    responseEncoding: false,
    retry: { retries: 3 },
    signal: () => AbortSignal.timeout(30_000),
  })
}

/** Loads the samples of each collection, where they are not there yet. */
export async function loadSamples(redis: Redis): Promise<void> {
  for (const { collection, rows } of samples) {
    await importRows({ redis, collection, rows, mode: 'add' })
  }
}

/** Loads the samples and the demo accounts. See {@link seedUsers}. */
export async function loadDemo(
  redis: Redis,
  options: { publicPassword: boolean; accounts?: Redis | undefined },
): Promise<DemoUser[]> {
  await loadSamples(redis)
  return seedUsers(options.accounts ?? redis, options)
}

/** The database of users and sessions, where the environment names one of their own. */
export function connectAccounts(variables: NodeJS.ProcessEnv): Redis | undefined {
  const url = variables['AUTH_REDIS_REST_URL']
  const token = variables['AUTH_REDIS_REST_TOKEN']
  return url && token ? connectForLoading({ url, token }) : undefined
}

/** Loads what a source has. See {@link load}. */
export async function loadSource(
  redis: Redis | undefined,
  source: string,
  { collection, id, read }: Source,
  mode: Mode,
): Promise<boolean> {
  const found = (await read()).map((row) => ({ row }))
  return load({ redis, collection, found, source, columns: { ...PLAIN_COLUMNS, id }, mode })
}

export interface Load {
  /** Undefined for a trial, which writes nothing. */
  redis: Redis | undefined
  collection: Collection
  found: readonly Found[]
  /** What the records come from, by a name for the screen and for the file of rejects. */
  source: string
  columns: ColumnOptions
  mode: Mode
}

/**
 * Loads records with a progress bar, and tells what became of them: how many were written, why the
 * others were not, and where all of those are listed.
 *
 * @returns Whether anything was loaded, or was there already; of a trial, whether anything fits.
 * @throws FileFault when a column that the options name is not there.
 */
export async function load(options: Load): Promise<boolean> {
  const { redis, collection, found, source, columns, mode } = options
  const { name } = collection
  const places = findColumns(collection, found, columns)
  const sifted = sift(collection, found, places)
  const fitting = sifted.entries.length
  if (fitting > 0 && places.id === undefined) {
    console.log('There is no column id: ids were made up of what each row says.')
  }
  let { rejects } = sifted
  if (redis === undefined) {
    console.log(`${name}: ${fitting} would be loaded, ${rejects.length} rejected.`)
  } else {
    const onProgress = progressBar(`${source} → ${name}`)
    const report = await importSifted({ redis, collection, sifted, mode, onProgress })
    const { written, unchanged } = report
    rejects = report.rejects
    console.log(`${name}: ${written} written, ${unchanged} unchanged, ${rejects.length} rejected.`)
  }
  await tellRejects(source, rejects)
  const unknown = [...columnsIn(found)].filter((column) => !places.isKnown(column))
  if (unknown.length > 0 && rejects.length > 0) {
    console.log(`The fields of ${name}: id, ${readerOf(collection).names.join(', ')}.
No fields: ${listed(unknown)}. --map <column>=<field> names what a column is; --skip-unknown leaves them out.`)
  }
  return found.length > rejects.length
}

async function tellRejects(source: string, rejects: readonly Reject[]): Promise<void> {
  const file = await writeRejects(source, rejects)
  if (file !== undefined) console.log(`${tally(rejects).join('\n')}\nAll of them: ${file}`)
}

/** Another healer was at work all along. */
export class HealerBusy extends Error {
  override readonly name = 'HealerBusy'

  constructor() {
    super('Another process is at work on the indexes: try again later')
  }
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
