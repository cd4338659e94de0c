import { operatorStore } from '../operator-store.ts'
import { backUp } from './backup.ts'
import { StoreAway } from './link.ts'
import { restore } from './restore.ts'
import { Fault, readWords } from './words.ts'

const ACCOUNTS = `--accounts: the database of AUTH_REDIS_REST_URL, where users and sessions have one of their own.`

const COMMANDS = {
  backup: {
    flags: ['--accounts'],
    help: `npm run backup -- <file>: writes all that the store has into a file, which must not be there yet.
It works on the store that the environment names, else on the embedded one, running or not. Values come with
their types and times. The file is checked when it is whole. Ctrl+C stops it, and the same command goes on.
${ACCOUNTS}
Ends with 0 when the file is whole, 1 when not, 2 for words that it does not know.`,
  },
  restore: {
    flags: ['--accounts', '--into-used'],
    help: `npm run restore -- <file>: puts what a backup has into the store, which must be empty.
The file is checked first: of one that is damaged nothing is written. Whatever stops it, the same command goes on.
--into-used: the store may have keys; those that the file has, too, are replaced, the others stay.
${ACCOUNTS}
Ends with 0 when all is there, 1 when not, 2 for words that it does not know.`,
  },
}

async function main(name: keyof typeof COMMANDS, words: readonly string[]): Promise<number> {
  const { flags, help } = COMMANDS[name]
  let job: ReturnType<typeof readWords>
  try {
    job = readWords(words, flags)
  } catch (error) {
    if (!(error instanceof Fault)) throw error
    console.error(`${error.message}\n\n${help}`)
    return 2
  }
  if (job.kind === 'help') {
    console.log(help)
    return 0
  }
  const store = await operatorStore()
  if (typeof store === 'string') {
    console.error(store)
    return 1
  }
  const stopping = new AbortController()
  for (const signal of ['SIGINT', 'SIGTERM'] as const) {
    process.on(signal, () => {
      if (stopping.signal.aborted) process.exit(130)
      stopping.abort()
    })
  }
  const database = job.accounts ? store.accounts : store.data
  const target = { database, source: database.source }
  console.log(`The store is ${database.name}.`)
  try {
    const { path, intoUsed } = job
    const finished =
      name === 'backup'
        ? await backUp(target, path, stopping.signal)
        : await restore(target, path, intoUsed, stopping.signal)
    if (finished) return 0
    return stopping.signal.aborted ? 130 : 1
  } finally {
    await store.close()
  }
}

/** What a person is told of an error. */
function sentenceOf(error: unknown): string {
  if (error instanceof StoreAway) return `${error.message}. The same command goes on from there.`
  if (!(error instanceof Error)) return 'It failed.'
  return error instanceof Fault || 'code' in error
    ? error.message
    : `${error.name}: ${error.message}`
}

const name = process.argv[2] === 'restore' ? 'restore' : 'backup'
main(name, process.argv.slice(3)).then(
  (code) => {
    process.exitCode = code
  },
  (error: unknown) => {
    console.error(sentenceOf(error))
    process.exitCode = 1
  },
)
