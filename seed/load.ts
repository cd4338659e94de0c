import { setTimeout as sleep } from 'node:timers/promises'
import { Redis } from '@upstash/redis'
import type { Collection } from '../lib/collections/define.ts'
import { heal } from '../lib/items/heal.ts'
import { readerOf } from '../lib/items/item.ts'
import { allCollections } from '../lib/items/registry.ts'
import { sweep } from '../lib/items/repair.ts'
import type { Transport } from '../lib/store/client/transport.ts'
import { type ColumnOptions, findColumns, listed, PLAIN_COLUMNS, survey } from './columns.ts'
import { importEntries, importRows, loadingStore, type Mode } from './import.ts'
import { HealerBusy } from './indexes.ts'
import { progressBar } from './progress.ts'
import { Rejects } from './rejects.ts'
import type { Entry, Reject, Rows } from './rows.ts'
import type { Source } from './sample-types.ts'
import { samples } from './samples.ts'
import { Sieve } from './sift.ts'
import { type DemoUser, seedUsers } from './users.ts'

/** Connects for loading: generous with time, values as they are stored. */
export function connectForLoading(database: { url: string; token: string }): Redis & Transport {
  return new Redis({
    ...database,
    automaticDeserialization: false,
    enableTelemetry: false,
    // The client's base64 decoder drops a byte order mark; JSON keeps every text as it is.
    responseEncoding: false,
    retry: { retries: 3 },
    signal: () => AbortSignal.timeout(30_000),
    // Both entries of the Upstash client are one class; their types differ in what is private.
  }) as Redis & Transport
}

/** Loads the samples of each collection, where they are not there yet. */
export async function loadSamples(redis: Transport): Promise<void> {
  for (const { collection, rows } of samples) {
    await importRows({ redis, collection, rows, mode: 'add' })
  }
}

/** Loads the samples and the demo accounts. See {@link seedUsers}. */
export async function loadDemo(
  redis: Redis & Transport,
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
  redis: Transport | undefined,
  source: string,
  { collection, id, read }: Source,
  mode: Mode,
): Promise<boolean> {
  const found = (await read()).map((row) => ({ row }))
  const columns = { ...PLAIN_COLUMNS, id }
  return load({ redis, collection, rows: () => found, source, columns, mode })
}

export interface Load {
  /** Undefined for a trial, which writes nothing. */
  redis: Transport | undefined
  collection: Collection
  rows: Rows
  /** What the records come from, by a name for the screen and for the file of rejects. */
  source: string
  columns: ColumnOptions
  mode: Mode
  /** Those whose indexes are built before; all, if not said. */
  collections?: readonly Collection[]
}

/**
 * Loads records with a progress bar, and tells what became of them: how many were written, why the
 * others were not, and where all of those are listed.
 *
 * @returns Whether anything was loaded, or was there already; of a trial, whether anything fits.
 * @throws FileFault when a column that the options name is not there.
 */
export async function load(options: Load): Promise<boolean> {
  const { redis, collection, rows, source, columns, mode } = options
  const { name } = collection
  const rejects = new Rejects(redis === undefined ? undefined : source)
  const { total, columns: there } = survey(rows)
  const places = findColumns(collection, there, columns)
  const sifted = siftAll(new Sieve(collection, places), rows)
  const onReject = (reject: Reject): void => rejects.add(reject)
  let rejected = 0
  if (redis === undefined) {
    for (const each of sifted) {
      if (!('reason' in each)) continue
      rejected++
      onReject(each)
    }
    console.log(`${name}: ${total - rejected} would be loaded, ${rejected} rejected.`)
  } else {
    const bar = progressBar(`${source} → ${name}`)
    const onProgress = (done: number): void => bar(done, total)
    const { collections } = options
    const told = { onProgress, onReject }
    const report = await importEntries({ redis, collection, collections, sifted, mode, ...told })
    const { written, unchanged } = report
    rejected = report.rejected
    console.log(`${name}: ${written} written, ${unchanged} unchanged, ${rejected} rejected.`)
  }
  if (places.ids.from === 'whole row' && total > rejected) {
    console.log('There is no column id: ids were made up of what each row says.')
  }
  const lines = rejects.end()
  if (lines.length > 0) console.log(lines.join('\n'))
  const unknown = [...there].filter((column) => !places.isKnown(column))
  if (unknown.length > 0 && rejected > 0) {
    console.log(`The fields of ${name}: id, ${readerOf(collection).names.join(', ')}.
No fields: ${listed(unknown)}. --map <column>=<field> names what a column is; --skip-unknown leaves them out.`)
  }
  return total > rejected
}

function* siftAll(sieve: Sieve, rows: Rows): Generator<Entry | Reject> {
  let row = 0
  for (const found of rows()) yield sieve.sift(found, ++row)
}

/** Makes the indexes say what the hashes do, and waits for a healer that is at work. */
export async function reindex(
  redis: Transport,
  collections: readonly Collection[] = allCollections(),
): Promise<void> {
  const store = loadingStore(redis)
  let seen = 0
  const onProgress = (keys: number): void => {
    seen += keys
    if (process.stderr.isTTY) process.stderr.write(`\r${seen} hashes looked at`)
  }
  const options = { restMs: 0, again: true, collections, onProgress }
  let healing = await heal(store, options)
  // The background healer of a running server lets go within half a minute.
  for (let tries = 0; !healing.finished && tries < 40; tries++) {
    await sleep(1_000)
    healing = await heal(store, options)
  }
  if (!healing.finished) throw new HealerBusy()
  const { indexed, removed } = healing
  let swept = 0
  for (const collection of collections) swept += await sweep(store, collection)
  if (process.stderr.isTTY) process.stderr.write('\n')
  console.log(`${indexed} items indexed, ${removed} ids and ${swept} members taken out.`)
}
