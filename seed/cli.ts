import { basename, extname } from 'node:path'
import { parseArgs } from 'node:util'
import { collections, isCollectionName } from '../lib/collections/index.ts'
import { type OperatorStore, operatorStore } from '../local/operator-store.ts'
import { printUsers } from '../local/print-users.ts'
import { FileFault, readRows } from './files.ts'
import { connectForLoading, load, loadDemo, loadVega, reindex } from './load.ts'

const HELP = `Loads data into Usher's store.

  npm run seed -- <file> --collection <name>   JSON, NDJSON or CSV; --id <column> (default: id)
  npm run seed -- --from vega                  3,201 real movies from the package vega-datasets
  npm run seed -- --demo                       the four movies, the books and the demo accounts
  npm run seed -- --reindex                    makes the indexes say what the hashes do: after
                                               hashes were changed by hand, or an order was added

Collections: ${Object.keys(collections).join(', ')}.
The store is UPSTASH_REDIS_REST_URL and _TOKEN, or REDIS_URL, or that of a running \`npm run up\`.
Every column must be a field of the collection. Rows that do not fit are listed with the reason in
.usher/. Running a load again changes nothing, and finishes one that was stopped; an item that was
edited since gets the file's values back.
`

/** Ends with 0 when the rows are loaded, rejects included; 1 when they are not; 2 for bad words. */
async function main(): Promise<void> {
  const { values, positionals } = readArguments()
  if (values.help) {
    console.log(HELP)
    return
  }
  const store = await operatorStore()
  if (typeof store === 'string') return misuse(store)
  const { data, accounts } = store
  const both = values.demo && accounts !== data
  console.log(`The store is ${data.name}${both ? `; of accounts, ${accounts.name}` : ''}.`)
  process.once('SIGINT', () => {
    console.error('\nStopped. The same command finishes the job.')
    process.exit(130)
  })
  const redis = connectForLoading(data)
  try {
    if (values.demo) await loadDemonstration(redis, store)
    else if (values.reindex) await reindex(redis)
    else if (values.from !== undefined) await loadVega(redis)
    else await loadFile(redis, positionals[0], values.collection, values.id)
  } finally {
    await store.close()
  }
}

function readArguments(): {
  values: {
    help: boolean
    demo: boolean
    reindex: boolean
    from?: string
    collection?: string
    id?: string
  }
  positionals: string[]
} {
  try {
    const { values, positionals } = parseArgs({
      allowPositionals: true,
      options: {
        collection: { type: 'string' },
        from: { type: 'string' },
        id: { type: 'string' },
        demo: { type: 'boolean', default: false },
        reindex: { type: 'boolean', default: false },
        help: { type: 'boolean', short: 'h', default: false },
      },
    })
    if (values.from !== undefined && values.from !== 'vega') misuse('--from knows vega alone.')
    const { demo, reindex, from } = values
    const sources = [demo, reindex, from !== undefined, ...positionals].filter(Boolean).length
    if (!values.help && sources !== 1)
      misuse('Name one source: a file, --from vega or --demo; or --reindex.')
    return { values, positionals }
  } catch (error) {
    return misuse(error instanceof Error ? error.message : String(error))
  }
}

async function loadDemonstration(
  redis: ReturnType<typeof connectForLoading>,
  { data, accounts }: OperatorStore,
): Promise<void> {
  const users = await loadDemo(redis, {
    publicPassword: data.local && accounts.local,
    accounts: connectForLoading(accounts),
  })
  printUsers(users)
}

async function loadFile(
  redis: ReturnType<typeof connectForLoading>,
  path = '',
  collection = '',
  idColumn = 'id',
): Promise<void> {
  if (!isCollectionName(collection)) {
    misuse(`--collection is one of ${Object.keys(collections).join(', ')}.`)
  }
  const rows = await readRows(path)
  await load(redis, collection, rows, basename(path, extname(path)), idColumn)
}

function misuse(message: string): never {
  console.error(`${message}\n\n${HELP}`)
  process.exit(2)
}

main().catch((error: unknown) => {
  // The Upstash client's messages hold commands and values: only the kind is shown.
  const known = error instanceof FileFault
  console.error(
    known ? error.message : `The load failed: ${error instanceof Error ? error.name : error}.`,
  )
  console.error('What was written stays; the same command finishes the job.')
  process.exit(1)
})
