import { heal } from '../../lib/items/heal.ts'
import { indexSizeRead } from '../../lib/store/indexes.ts'
import { operatorStore } from '../../local/operator-store.ts'
import { runCommand } from '../command.ts'
import { loadingStore } from '../import.ts'
import { wholeIndexes } from '../indexes.ts'
import { connectForLoading } from '../load.ts'
import { progressBar } from '../progress.ts'
import { Misuse } from '../words.ts'
import { namesOf, pagesOf } from './items.ts'
import { Lines } from './lines.ts'
import { FileOutput, type Output, standardOutput } from './output.ts'
import { type ExportJob, HELP, readExportWords } from './words.ts'

async function main(args: string[]): Promise<number> {
  const job = readExportWords(args)
  if (job === undefined) {
    console.log(HELP)
    return 0
  }
  const store = await operatorStore()
  if (typeof store === 'string') throw new Misuse(store)
  // The lines are all that goes to standard output.
  console.error(`The store is ${store.data.name}.`)
  const stopping = new AbortController()
  for (const signal of ['SIGINT', 'SIGTERM'] as const) {
    process.on(signal, () => {
      if (stopping.signal.aborted) process.exit(130)
      stopping.abort()
    })
  }
  try {
    const redis = store.data.store ?? connectForLoading(store.data)
    await wholeIndexes(redis, job.collection)
    // Hashes that were typed by hand a moment ago.
    await heal(loadingStore(redis), { restMs: 0, collections: [job.collection] })
    const file = job.to === undefined ? undefined : new FileOutput(job.to)
    const after = file?.after ?? job.after
    return await writeOut(
      job,
      loadingStore(redis),
      file ?? standardOutput(),
      after,
      stopping.signal,
    )
  } finally {
    await store.close()
  }
}

async function writeOut(
  { collection, format, to }: ExportJob,
  store: ReturnType<typeof loadingStore>,
  output: Output,
  after: string | undefined,
  stopping: AbortSignal,
): Promise<number> {
  const lines = new Lines(collection, format)
  const [total] = await store().read(indexSizeRead(collection.name))
  const bar = progressBar(collection.name)
  let done = 0
  let last = after
  if (after === undefined) await output.write(lines.header(), undefined)
  for await (const page of pagesOf(store, collection, namesOf(collection), after)) {
    const text = page.map(({ id, stored }) => lines.of(id, stored)).join('')
    last = page.at(-1)?.id ?? last
    if (!(await output.write(text, last))) return 1
    done += page.length
    if (after === undefined) bar(Math.min(done, total), total)
    if (!stopping.aborted) continue
    console.error(`\nStopped. ${wayOn(collection.name, format, to, last)}`)
    return 130
  }
  output.end()
  console.error(`${collection.name}: ${done} items written.${said(lines, collection.name)}`)
  return 0
}

function wayOn(name: string, format: string, to: string | undefined, last = ''): string {
  if (to !== undefined) return 'The same command goes on from there.'
  const csv = format === 'csv' ? ' --format csv' : ''
  return `To go on: npm run export -- ${name}${csv} --after '${last.replaceAll("'", `'\\''`)}' >> <the same file>`
}

function said({ unfit, empties }: Lines, name: string): string {
  const notes = [
    ...(unfit === 0
      ? []
      : [`${unfit} values do not fit their fields: \`npm run check-data -- ${name}\` says which.`]),
    ...(empties === 0
      ? []
      : [`${empties} texts without a character are none in CSV: NDJSON tells them apart.`]),
  ]
  return notes.map((note) => `\n${note}`).join('')
}

runCommand(main, HELP)
