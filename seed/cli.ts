import { basename, extname } from 'node:path'
import type { Redis } from '@upstash/redis'
import { collectionFaults } from '../lib/collections/field-types.ts'
import { StoreUnavailable } from '../lib/contract/problems.ts'
import { allCollections } from '../lib/items/registry.ts'
import { type OperatorStore, operatorStore } from '../local/operator-store.ts'
import { printUsers } from '../local/print-users.ts'
import { readRows } from './files.ts'
import { Overtaken } from './import.ts'
import { connectForLoading, HealerBusy, load, loadDemo, loadSource, reindex } from './load.ts'
import { writeRejects } from './rejects.ts'
import { FileFault } from './rows.ts'
import { HELP, type Job, Misuse, readWords } from './words.ts'

const AGAIN = 'What was written stays; the same command finishes the job.'

/** Ends with 0 when something was loaded or was there already, 1 when not, 2 for bad words. */
async function main(): Promise<number> {
  const faults = collectionFaults(allCollections())
  if (faults.length > 0) throw new DeclarationFault(faults.join('\n'))
  const job = readWords(process.argv.slice(2))
  if (job.kind === 'help') {
    console.log(HELP)
    return 0
  }
  if ('dryRun' in job && job.dryRun) {
    console.log('This is a trial: nothing is written.')
    return (await loadRows(job, undefined)) ? 0 : 1
  }
  const store = await operatorStore()
  if (typeof store === 'string') throw new Misuse(store)
  const { data, accounts } = store
  const both = job.kind === 'demo' && accounts !== data
  console.log(`The store is ${data.name}${both ? `; of accounts, ${accounts.name}` : ''}.`)
  process.once('SIGINT', () => {
    // The passwords of demo accounts are shown once.
    console.error(`\nStopped. ${job.kind === 'demo' ? 'What was written stays.' : AGAIN}`)
    process.exit(130)
  })
  try {
    return (await run(job, store)) ? 0 : 1
  } finally {
    await store.close()
  }
}

/** A collection has fields that cannot be. */
class DeclarationFault extends Error {}

async function run(job: Exclude<Job, { kind: 'help' }>, store: OperatorStore): Promise<boolean> {
  const { data, accounts } = store
  const redis = connectForLoading(data)
  if (job.kind === 'source' || job.kind === 'file') return loadRows(job, redis)
  if (job.kind === 'reindex') {
    await reindex(redis)
    return true
  }
  const publicPassword = data.local && accounts.local
  printUsers(await loadDemo(redis, { publicPassword, accounts: connectForLoading(accounts) }))
  return true
}

/** Loads from a file or a source; without a store, tries. */
async function loadRows(
  job: Extract<Job, { kind: 'source' | 'file' }>,
  redis: Redis | undefined,
): Promise<boolean> {
  if (job.kind === 'source') return loadSource(redis, job.name, job.source, 'update')
  const { path, collection, encoding, columns } = job
  const source = basename(path, extname(path))
  try {
    const found = await readRows(path, encoding)
    return await load({ redis, collection, found, source, columns, mode: 'update' })
  } catch (error) {
    if (!(error instanceof FileFault)) throw error
    await writeRejects(source, [])
    throw new FileFault(`${path} ${error.message}.`)
  }
}

/** What an operator is told of an error; the Upstash client's messages hold commands and values. */
function sentenceOf(error: unknown): string {
  if (error instanceof StoreUnavailable) {
    return `The store failed: ${error.message}. What was written stays; once it answers again, the same command finishes the job.`
  }
  if (error instanceof Overtaken || error instanceof HealerBusy) return `${error.message}.`
  if (!(error instanceof Error) || error.name === 'UpstashError') return 'The store refused.'
  return `The load failed: ${error.name}: ${error.message}`
}

main().then(
  (code) => {
    process.exitCode = code
  },
  (error: unknown) => {
    if (error instanceof Misuse) {
      console.error(`${error.message}\n\n${HELP}`)
      process.exit(2)
    }
    const known = error instanceof FileFault || error instanceof DeclarationFault
    console.error(known ? error.message : sentenceOf(error))
    process.exit(1)
  },
)
