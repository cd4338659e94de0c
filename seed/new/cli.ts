import { existsSync, readFileSync } from 'node:fs'
import { readFile, writeFile } from 'node:fs/promises'
import { basename, extname } from 'node:path'
import type { Collection } from '../../lib/collections/define.ts'
import { RESERVED_NAMES } from '../../lib/collections/define.ts'
import { apart } from '../../lib/collections/prefixes.ts'
import { allCollections } from '../../lib/items/registry.ts'
import { type OperatorStore, operatorStore } from '../../local/operator-store.ts'
import { storeKind } from '../../local/store.ts'
import { Refused, runCommand, sayWhenStopped } from '../command.ts'
import { formatOf, guessEncoding, rowsOf } from '../files.ts'
import { wholeIndexes } from '../indexes.ts'
import { connectForLoading, load } from '../load.ts'
import { FileFault } from '../rows.ts'
import { Misuse } from '../words.ts'
import { collectionOf, columnsOf } from './build.ts'
import { type Decision, decide } from './decide.ts'
import { collectionName, isCollectionName, singular } from './names.ts'
import { withCollection } from './registry.ts'
import { decisionLines, seedCommand, trialLines } from './report.ts'
import { sourceText } from './source-text.ts'
import { HELP, type NewJob, readNewWords } from './words.ts'

const REGISTRY = 'lib/collections/index.ts'

async function main(args: string[]): Promise<number> {
  const job = readNewWords(args)
  if (job === undefined) {
    console.log(HELP)
    return 0
  }
  const { name, prefix } = namesOf(job)
  if (job.isTrial) {
    console.log('This is a trial: nothing is written.')
    return (await make(job, name, prefix, undefined)) ? 0 : 1
  }
  // A following `npm run up` serves it.
  if (storeKind(process.env) === 'embedded') process.env['USHER_STORE'] ||= 'embedded'
  const store = await operatorStore({ loads: true })
  if (typeof store === 'string') throw new Misuse(store)
  console.log(`The store is ${store.data.name}.`)
  sayWhenStopped()
  try {
    return (await make(job, name, prefix, store)) ? 0 : 1
  } finally {
    await store.close()
  }
}

/** @returns Whether rows were loaded, or were there; of a trial, whether some would be. */
async function make(...words: Parameters<typeof makeOf>): Promise<boolean> {
  try {
    return await makeOf(...words)
  } catch (error) {
    if (error instanceof FileFault) throw new Refused(`${words[0].path} ${error.message}.`)
    throw error
  }
}

async function makeOf(
  job: NewJob,
  name: string,
  prefix: `${string}:`,
  store: OperatorStore | undefined,
): Promise<boolean> {
  const { path, id, isPublic } = job
  const file = basename(path)
  const encoding = job.encoding ?? guessEncoding(path)
  const format = formatOf(path)
  const rows = rowsOf(path, encoding)
  const isOfTexts = format === 'CSV'
  const decision = decide(rows, { name, prefix, id, isPublic, isOfTexts })
  console.log(decisionLines(decision, { file, format, encoding }).join('\n'))
  const text = sourceText(decision, file)
  const target = targetOf(name)
  const collection = collectionOf(decision)
  const columns = columnsOf(decision)
  const source = basename(path, extname(path))
  const mode = job.isForced ? ('update' as const) : ('protect' as const)
  const loading = { collection, rows, source, columns, mode }
  if (store === undefined) {
    console.log(`\n${target}:\n\n${text}`)
    return load({ ...loading, redis: undefined })
  }
  await writeCollection(target, text, decision, job)
  const redis = store.data.store ?? connectForLoading(store.data)
  const again = seedCommand(decision, path, encoding)
  try {
    const others = allCollections().filter((each) => each.name !== name)
    await wholeIndexes(redis, collection)
    const isLoaded = await load({ ...loading, redis, collections: [...others, collection] })
    if (!isLoaded) {
      console.log(
        `${target} stands, and no row of ${file} fits it. Change what is wrong there, then load the rows:\n  ${again}`,
      )
      return false
    }
    await wholeIndexes(redis, collection)
    console.log(trialLines(decision, store.data, again).join('\n'))
    return true
  } catch (error) {
    console.error(
      `${target} stands; not all rows of ${file} are loaded. The same command finishes it; so does, after you have changed the file,\n  ${again}`,
    )
    throw error
  }
}

/** Writes the collection's file and its line in the registry. */
async function writeCollection(
  target: string,
  text: string,
  { name }: Decision,
  { isForced }: NewJob,
): Promise<void> {
  const before = existsSync(target) ? await readFile(target, 'utf8') : undefined
  if (before !== undefined && before !== text && !isForced) {
    throw new Refused(
      `${target} is there, and says something else: nothing was written. --name takes another name, --force writes it anew; \`npm run seed\` loads rows into it as it is.`,
    )
  }
  if (before !== text) await writeFile(target, text)
  const registry = await readFile(REGISTRY, 'utf8')
  const extended = withCollection(registry, name)
  if (extended !== registry) await writeFile(REGISTRY, extended)
  console.log(
    before === text && extended === registry
      ? `${target} stands already, as it would be written.`
      : `${target} is written, with its line in ${REGISTRY}.`,
  )
}

/** What the collection is called, and how its keys begin. */
function namesOf({ path, name: asked }: NewJob): { name: string; prefix: `${string}:` } {
  const name = asked ?? collectionName(basename(path, extname(path)))
  if (!isCollectionName(name)) {
    const other = collectionName(name)
    const hint = isCollectionName(other) ? `: --name ${other}` : ', and no word of JavaScript'
    throw new Misuse(
      `A collection is called by a word that begins with a small letter, of letters and digits of ASCII${hint}.`,
    )
  }
  if (RESERVED_NAMES.some((reserved) => reserved === name)) {
    throw new Misuse(`/api/${name} is Usher's own: --name takes another name.`)
  }
  const target = targetOf(name)
  // Also with --force: this file is none that a collection could take the place of.
  if (existsSync(target) && !readFileSync(target, 'utf8').includes('= defineCollection(')) {
    throw new Misuse(`${target} is Usher's own: --name takes another name.`)
  }
  const others = allCollections().filter((each) => each.name !== name)
  const prefixes: `${string}:`[] = [`${singular(name)}:`, `${name}:`, `${name}-item:`]
  const free = prefixes.find((prefix) => isFree(prefix, name, others))
  if (free === undefined) {
    throw new Misuse(
      `Keys that begin with ${prefixes[0]} belong to another collection, or to Usher: --name takes another name.`,
    )
  }
  return { name, prefix: free }
}

function targetOf(name: string): string {
  return `lib/collections/${name}.ts`
}

function isFree(prefix: `${string}:`, name: string, others: readonly Collection[]): boolean {
  const all = [...others, { name, prefix }]
  try {
    Reflect.apply(apart, undefined, [Object.fromEntries(all.map((each) => [each.name, each]))])
    return true
  } catch (error) {
    if (error instanceof TypeError) return false
    throw error
  }
}

runCommand(main, HELP)
