import { parseArgs } from 'node:util'
import { ENCODING_NAMES, type Encoding, isEncoding } from '../decode.ts'
import { Misuse } from '../words.ts'

export const HELP = `Makes a collection of a file of data, and loads its rows.

  npm run new -- <file>    JSON (a list of objects), NDJSON, or CSV with a header

It reads the file, works out names, types, the id, filters, sort orders and search, and prints why. It writes
lib/collections/<name>.ts, which is yours from then on, and its line in lib/collections/index.ts. Then it loads the
rows into the store that the environment names, else that of a running \`npm run up\`, else the embedded one in
.usher/store, which \`npm run up\` serves.

  --name <name>      what the collection is called, of letters and digits (default: as the file)
  --id <column>      the column with the id (default: one of which each row has another value, else ids are made)
  --public           everybody reads it; else users who have signed in
  --dry-run          shows what it would do, and writes nothing; needs no store
  --force            writes the collection's file anew where it says something else, and loads over items that do
  --encoding <name>  ${ENCODING_NAMES.join(', ')} (default: as the bytes tell)

Running it again changes nothing, and finishes what was stopped. A newer file of the same kind is loaded by
\`npm run seed\`; the words for it are printed in the end. It ends with 0 when rows were loaded or were there already,
with 1 when there were none or the file stands already with other words, with 2 for words it does not know.
`

/** What the words of the command ask for. */
export interface NewJob {
  path: string
  name: string | undefined
  id: string | undefined
  isPublic: boolean
  isTrial: boolean
  isForced: boolean
  encoding: Encoding | undefined
}

/**
 * Reads the words of the command.
 *
 * @returns Undefined for help.
 * @throws Misuse
 */
export function readNewWords(args: string[]): NewJob | undefined {
  const { values, positionals } = parse(args)
  if (values.help) return undefined
  const [path, ...others] = positionals
  if (path === undefined || others.length > 0) throw new Misuse('It takes the name of one file.')
  const { name, id, encoding } = values
  if (encoding !== undefined && !isEncoding(encoding)) {
    throw new Misuse(`--encoding is one of ${ENCODING_NAMES.join(', ')}.`)
  }
  return {
    path,
    name,
    id,
    isPublic: values.public,
    isTrial: values['dry-run'],
    isForced: values.force,
    encoding,
  }
}

const OPTIONS = {
  name: { type: 'string' },
  id: { type: 'string' },
  encoding: { type: 'string' },
  public: { type: 'boolean', default: false },
  'dry-run': { type: 'boolean', default: false },
  force: { type: 'boolean', default: false },
  help: { type: 'boolean', short: 'h', default: false },
} as const

function parse(
  args: string[],
): ReturnType<typeof parseArgs<{ options: typeof OPTIONS; allowPositionals: true }>> {
  try {
    return parseArgs({ args, allowPositionals: true, options: OPTIONS })
  } catch (error) {
    throw new Misuse(error instanceof Error ? error.message : String(error))
  }
}
