import { parseArgs } from 'node:util'
import type { Collection } from '../../lib/collections/define.ts'
import { collectionNamed, Misuse, NAMES } from '../words.ts'

export const HELP = `Says which hashes of a collection do not fit its file as it is now: after fields were changed, or typed by hand.

  npm run check-data -- <collection> [--fix] [--reindex]

Collections: ${NAMES || 'none yet'}.
It reads every key of the collection, and says what does not fit and why, how often, with ten examples; which
fields the file does not name; and which indexes are not built for the filters and sort orders that it has.

  --fix       converts what can be without loss: TRUE to true, .5 to 0.5, a word to the list of it
  --reindex   builds the indexes anew, so that they say what the hashes do

The store is the one of \`npm run seed\`, and is named first. It ends with 0 when all fit and all indexes are whole, 1 when
not, 2 for words it does not know.
`

export interface CheckJob {
  collection: Collection
  fixes: boolean
  reindexes: boolean
}

/**
 * Reads the words of the command.
 *
 * @returns Undefined for help.
 * @throws Misuse
 */
export function readCheckWords(args: string[]): CheckJob | undefined {
  const { values, positionals } = parse(args)
  if (values.help) return undefined
  const [name, ...others] = positionals
  if (name === undefined || others.length > 0)
    throw new Misuse('It takes the name of a collection.')
  return { collection: collectionNamed(name), fixes: values.fix, reindexes: values.reindex }
}

const OPTIONS = {
  fix: { type: 'boolean', default: false },
  reindex: { type: 'boolean', default: false },
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
