import { parseArgs } from 'node:util'
import type { Collection } from '../../lib/collections/define.ts'
import { collectionNamed, Misuse, NAMES } from '../words.ts'

export const FORMATS = ['ndjson', 'csv'] as const
export type Format = (typeof FORMATS)[number]

export const HELP = `Writes all items of a collection out, for another program or for \`npm run seed\`.

  npm run export -- <collection> > <file>        an item a line, in the order of the ids
  npm run export -- <collection> --to <file>     the same into a file that is not there yet

Collections: ${NAMES || 'none yet'}.
Each item has its id and every field that is stored, as \`npm run seed\` takes them: loaded into an empty store they are
equal. What does not fit its field is written as it is, and said.

  --format <name>   ${FORMATS.join(', ')} (default: by the name of the file, else ndjson)
  --to <file>       is named <file>.part until it is whole; the same command goes on with one that was stopped
  --after <id>      begins behind this id, without a header: what goes on with \`>>\`; it is said when a command stops

The store is the one of \`npm run seed\`, and is named first, on the terminal and not in the file. In a pipe use
\`npm run --silent export\`, else npm says its own lines there. It ends with 0 when all was written, 1 when not, 2 for words it
does not know, 130 when it was stopped.
`

export interface ExportJob {
  collection: Collection
  format: Format
  to: string | undefined
  after: string | undefined
}

/**
 * Reads the words of the command.
 *
 * @returns Undefined for help.
 * @throws Misuse
 */
export function readExportWords(args: string[]): ExportJob | undefined {
  const { values, positionals } = parse(args)
  if (values.help) return undefined
  const [name, ...others] = positionals
  if (name === undefined || others.length > 0)
    throw new Misuse('It takes the name of a collection.')
  const { to, after } = values
  if (to !== undefined && after !== undefined) {
    throw new Misuse('--after is for what goes on with >>: with --to the same command goes on.')
  }
  const asked = values.format ?? (to?.toLowerCase().endsWith('.csv') ? 'csv' : 'ndjson')
  const format = FORMATS.find((each) => each === asked)
  if (format === undefined) throw new Misuse(`--format is one of ${FORMATS.join(', ')}.`)
  return { collection: collectionNamed(name), format, to, after }
}

const OPTIONS = {
  format: { type: 'string' },
  to: { type: 'string' },
  after: { type: 'string' },
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
