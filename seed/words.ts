import { parseArgs } from 'node:util'
import type { Collection } from '../lib/collections/define.ts'
import { allCollections, findCollection } from '../lib/items/registry.ts'
import { type ColumnOptions, optionFault } from './columns.ts'
import { ENCODING_NAMES, type Encoding, isEncoding } from './decode.ts'
import type { Source } from './sample-types.ts'
import { sources } from './samples.ts'

/** Of all collections, for the screen. */
export const NAMES: string = allCollections()
  .map(({ name }) => name)
  .join(', ')

export const HELP = `Loads data into Usher's store.

  npm run seed -- <file> --collection <name>   JSON, NDJSON or CSV; see below
${Object.entries(sources)
  .map(([name, { what }]) => `  npm run seed -- --from ${name.padEnd(22)}${what}\n`)
  .join('')}  npm run seed -- --demo                       the rows of \`up\` and the demo accounts
  npm run seed -- --reindex                    makes the indexes say what the hashes do: after
                                               hashes were changed by hand, or an order was added

Collections: ${NAMES || 'none yet'}.
The store is UPSTASH_REDIS_REST_URL and _TOKEN, or REDIS_URL, or that of a running \`npm run up\`; its
name is printed first.

Of a file:
  --id <column>           the column with the id (default: id); it may be a field, too. A file without
                          a column id gets ids that are made of what each row says
  --id-from <column>      makes ids of this column's text: sao-paulo, and sao-paulo-2 for the second
  --id-of-row             the number of the row is the id: 000001
  --map <column>=<field>  what a column is whose name is another; may be repeated, may name id
  --set <field>=<value>   gives every row this value, in place of its own: --set owner=…; may be repeated
  --empty <column>=<text> a text of this column that stands for no value: --empty age=NA; may be repeated
  --skip-unknown          leaves out columns that are no fields
  --encoding <name>       ${ENCODING_NAMES.join(', ')} (default: utf-8)
  --dry-run               says what would be loaded and what rejected, and writes nothing; needs no store

By its name a file is JSON (.json: a list of objects), NDJSON (.ndjson, .jsonl: an object a line) or CSV
(.csv, .tsv: a header, then values between commas, semicolons, tabs or bars). What it holds is stored as
it is. An empty value of CSV and null are no value; "" in JSON is a text. Numbers of JSON become the
text of an id or a text field digit by digit. A row is a reject when a value does not fit its field or
would lose something, a column is no field, its id occurs before, or it is larger than 1 MiB; so is a
line that cannot be read. The reasons are counted on the screen; .usher/rejects-<file>.ndjson has every
reject with its row, its line and its data.

Running a load again changes nothing, and finishes one that was stopped; an item that was edited since
gets the file's values back. It ends with 0 when rows were loaded or were there already, with 1 when
there were none or all were rejected, with 2 for words it does not know.
`

/** What the words of the command ask for. */
export type Job =
  | { kind: 'help' | 'demo' | 'reindex' }
  | { kind: 'source'; source: Source; name: string; dryRun: boolean }
  | {
      kind: 'file'
      path: string
      collection: Collection
      encoding: Encoding
      columns: ColumnOptions
      dryRun: boolean
    }

/** Words that ask for nothing; the message says what would. */
export class Misuse extends Error {
  override readonly name = 'Misuse'
}

/**
 * Reads the words of the command.
 *
 * @throws Misuse
 */
export function readWords(words: string[]): Job {
  const { values, positionals } = parse(words)
  if (values.help) return { kind: 'help' }
  const { demo, reindex, from } = values
  const source = from === undefined ? undefined : sourceOf(from)
  const [path, ...others] = positionals
  const sources = [demo, reindex, from !== undefined, path !== undefined, ...others]
  if (sources.filter(Boolean).length !== 1) {
    throw new Misuse('Name one source: a file, --from or --demo; or --reindex.')
  }
  if (path === undefined) {
    const forFiles = Object.keys(FILE_OPTIONS).find((name) => Object.hasOwn(values, name))
    if (forFiles !== undefined) throw new Misuse(`--${forFiles} is for files.`)
    if (from !== undefined && source !== undefined) {
      return { kind: 'source', source, name: from, dryRun: values['dry-run'] }
    }
    if (values['dry-run']) throw new Misuse('--dry-run is for files and --from.')
    return { kind: demo ? 'demo' : 'reindex' }
  }
  const { encoding = 'utf-8' } = values
  const collection = collectionNamed(values.collection ?? '', '--collection')
  if (!isEncoding(encoding)) throw new Misuse(`--encoding is one of ${ENCODING_NAMES.join(', ')}.`)
  const columns: ColumnOptions = {
    id: values.id,
    idFrom: values['id-from'],
    isNumbered: values['id-of-row'] ?? false,
    empty: emptyWords(values.empty),
    map: pairs('map', values.map, (pair) => pair.lastIndexOf('=')),
    set: pairs('set', values.set, (pair) => pair.indexOf('=')),
    skipUnknown: values['skip-unknown'] ?? false,
  }
  const fault = optionFault(collection, columns)
  if (fault !== undefined) throw new Misuse(fault)
  return { kind: 'file', path, collection, encoding, columns, dryRun: values['dry-run'] }
}

/**
 * Finds a collection by its name.
 *
 * @param what The word that it is given by.
 * @throws Misuse when there is none.
 */
export function collectionNamed(name: string, what = 'A collection'): Collection {
  const collection = findCollection(name)
  if (collection !== undefined) return collection
  throw new Misuse(NAMES ? `${what} is one of ${NAMES}.` : 'There is no collection yet.')
}

function sourceOf(name: string): Source {
  const source = new Map(Object.entries(sources)).get(name)
  if (source !== undefined) return source
  const names = Object.keys(sources)
  throw new Misuse(
    names.length === 0 ? 'There is no source for --from.' : `--from knows ${names.join(', ')}.`,
  )
}

const FILE_OPTIONS = {
  collection: { type: 'string' },
  id: { type: 'string' },
  'id-from': { type: 'string' },
  'id-of-row': { type: 'boolean' },
  empty: { type: 'string', multiple: true },
  map: { type: 'string', multiple: true },
  set: { type: 'string', multiple: true },
  'skip-unknown': { type: 'boolean' },
  encoding: { type: 'string' },
} as const

const OPTIONS = {
  ...FILE_OPTIONS,
  from: { type: 'string' },
  demo: { type: 'boolean', default: false },
  reindex: { type: 'boolean', default: false },
  'dry-run': { type: 'boolean', default: false },
  help: { type: 'boolean', short: 'h', default: false },
} as const

type Parsed = ReturnType<typeof parseArgs<{ options: typeof OPTIONS; allowPositionals: true }>>

function parse(args: string[]): Parsed {
  try {
    return parseArgs({ args, allowPositionals: true, options: OPTIONS })
  } catch (error) {
    throw new Misuse(error instanceof Error ? error.message : String(error))
  }
}

/** Reads `left=right` of an option that may be repeated. */
function pairs(
  option: string,
  words: readonly string[] = [],
  separator: (word: string) => number,
): Map<string, string> {
  const read = new Map<string, string>()
  for (const word of words) {
    const at = separator(word)
    const left = word.slice(0, Math.max(at, 0))
    if (left === '') throw new Misuse(`--${option} is of the form ${PAIRS[option]}.`)
    if (read.has(left)) throw new Misuse(`--${option} has ${left} twice.`)
    read.set(left, word.slice(at + 1))
  }
  return read
}

/** Reads `column=text`, which may be said of a column more than once. */
function emptyWords(words: readonly string[] = []): Map<string, Set<string>> {
  const read = new Map<string, Set<string>>()
  for (const word of words) {
    for (const [column, text] of pairs('empty', [word], (pair) => pair.indexOf('='))) {
      read.set(column, new Set([...(read.get(column) ?? []), text]))
    }
  }
  return read
}

const PAIRS: Readonly<Record<string, string>> = {
  map: '<column>=<field>',
  set: '<field>=<value>',
  empty: '<column>=<text>',
}
