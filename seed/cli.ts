import { basename, extname } from 'node:path'
import { collectionFaults } from '../lib/items/declaration-faults.ts'
import { allCollections } from '../lib/items/registry.ts'
import type { Transport } from '../lib/store/client/transport.ts'
import { type OperatorStore, operatorStore } from '../local/operator-store.ts'
import { printUsers } from '../local/print-users.ts'
import { Refused, runCommand, sayWhenStopped } from './command.ts'
import { rowsOf } from './files.ts'
import { connectForLoading, load, loadDemo, loadSource, reindex } from './load.ts'
import { FileFault } from './rows.ts'
import { HELP, type Job, Misuse, readWords } from './words.ts'

/** Ends with 0 when something was loaded or was there already, 1 when not, 2 for bad words. */
async function main(args: string[]): Promise<number> {
  const faults = collectionFaults(allCollections())
  if (faults.length > 0) throw new Refused(faults.join('\n'))
  const job = readWords(args)
  if (job.kind === 'help') {
    console.log(HELP)
    return 0
  }
  if ('dryRun' in job && job.dryRun) {
    console.log('This is a trial: nothing is written.')
    return (await loadRows(job, undefined)) ? 0 : 1
  }
  const store = await operatorStore({ loads: true })
  if (typeof store === 'string') throw new Misuse(store)
  const { data, accounts } = store
  const both = job.kind === 'demo' && accounts !== data
  console.log(`The store is ${data.name}${both ? `; of accounts, ${accounts.name}` : ''}.`)
  // The passwords of demo accounts are shown once.
  sayWhenStopped(job.kind === 'demo' ? 'What was written stays.' : undefined)
  try {
    return (await run(job, store)) ? 0 : 1
  } finally {
    await store.close()
  }
}

async function run(job: Exclude<Job, { kind: 'help' }>, store: OperatorStore): Promise<boolean> {
  const { data, accounts } = store
  const redis = data.store ?? connectForLoading(data)
  if (job.kind === 'source' || job.kind === 'file') return loadRows(job, redis)
  if (job.kind === 'reindex') {
    await reindex(redis)
    return true
  }
  const publicPassword = data.local && accounts.local
  const options = { publicPassword, accounts: connectForLoading(accounts) }
  printUsers(await loadDemo(connectForLoading(data), options))
  return true
}

/** Loads from a file or a source; without a store, tries. */
async function loadRows(
  job: Extract<Job, { kind: 'source' | 'file' }>,
  redis: Transport | undefined,
): Promise<boolean> {
  if (job.kind === 'source') return loadSource(redis, job.name, job.source, 'update')
  const { path, collection, encoding, columns } = job
  const source = basename(path, extname(path))
  try {
    const rows = rowsOf(path, encoding)
    return await load({ redis, collection, rows, source, columns, mode: 'update' })
  } catch (error) {
    if (!(error instanceof FileFault)) throw error
    throw new Refused(`${path} ${error.message}.`)
  }
}

runCommand(main, HELP)
