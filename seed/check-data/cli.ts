import type { Collection } from '../../lib/collections/define.ts'
import { indexesLacking } from '../../lib/items/heal.ts'
import { keys } from '../../lib/store/keys.ts'
import { operatorStore } from '../../local/operator-store.ts'
import { runCommand, sayWhenStopped } from '../command.ts'
import { loadingStore } from '../import.ts'
import { connectForLoading, reindex } from '../load.ts'
import { Misuse } from '../words.ts'
import { checkCollection, type Outcome } from './check.ts'
import { HELP, readCheckWords } from './words.ts'

async function main(args: string[]): Promise<number> {
  const job = readCheckWords(args)
  if (job === undefined) {
    console.log(HELP)
    return 0
  }
  const { collection, fixes, reindexes } = job
  const opened = await operatorStore({ loads: fixes || reindexes })
  if (typeof opened === 'string') throw new Misuse(opened)
  console.log(`The store is ${opened.data.name}.`)
  sayWhenStopped()
  try {
    const redis = opened.data.store ?? connectForLoading(opened.data)
    const store = loadingStore(redis)
    const outcome = await checkCollection(store, collection, fixes, showKeys)
    if (process.stderr.isTTY) process.stderr.write('\r\x1b[K')
    const lines = outcome.findings.lines(collection.name)
    console.log([...lines, ...fixLines(outcome, collection, fixes)].join('\n'))
    const lacking = await indexesLacking(store, [collection])
    if (reindexes) {
      await reindex(redis, [collection])
    } else {
      for (const line of indexLines(lacking, collection)) console.log(line)
    }
    const fit = outcome.findings.unfit === outcome.mended
    return fit && (reindexes || lacking.length === 0) ? 0 : 1
  } finally {
    await opened.close()
  }
}

function showKeys(count: number): void {
  if (process.stderr.isTTY) process.stderr.write(`\r${count} keys read`)
}

function fixLines(
  { converted, convertible }: Outcome,
  { name }: Collection,
  fixes: boolean,
): string[] {
  if (convertible === 0) return []
  if (!fixes) {
    return [`${convertible} can be converted without loss: npm run check-data -- ${name} --fix`]
  }
  const left = convertible - converted
  const busy = left === 0 ? '' : `; ${left} were changed by others meanwhile: run it again`
  return [`${converted} were converted without loss${busy}.`]
}

function indexLines(lacking: readonly string[], { name }: Collection): string[] {
  if (lacking.length === 0) return []
  const words = keys.words(name)
  const [prefix] = [keys.index(name, '')]
  const names = lacking.map((key) => (key === words ? 'the words of q' : key.slice(prefix.length)))
  return [
    `Not built: ${names.join(', ')}. Lists that need them are 503 until they are; the next such list begins it, and`,
    `  npm run check-data -- ${name} --reindex`,
    'does it now.',
  ]
}

runCommand(main, HELP)
