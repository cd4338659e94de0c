import { type Mutant, mutant } from './mutant.ts'

/** Faults between files and collections: what is read, guessed, loaded, written out and converted. */
export const FILES: readonly Mutant[] = [
  mutant(
    'a record ends where the piece of the file does',
    'seed/csv.ts',
    'if (!window.ended && (next === text.length || isOpen === true)) {',
    'if (!window.ended && next === text.length && isOpen === true) {',
    'seed/csv.test.ts',
  ),
  mutant(
    'a character is cut where the piece of the file ends',
    'seed/decode.ts',
    'return length > back ? bytes.length - back : bytes.length',
    'return bytes.length',
    'seed/files.test.ts',
  ),
  mutant(
    'two rows of one name get one id',
    'seed/sift.ts',
    'if (this.#taken.get(id) !== undefined) continue',
    '',
    'seed/sift.test.ts',
  ),
  mutant(
    'NA makes numbers a text',
    'seed/new/profile.ts',
    'if (!this.#isPlaceholder(value)) this.known.look(text)',
    'this.known.look(text)',
    'seed/new/decide.test.ts',
  ),
  mutant(
    'a list of words of which one may be chance',
    'seed/new/types.ts',
    'words.every(([, count]) => count > 1) &&',
    '',
    'seed/new/decide.test.ts',
  ),
  mutant(
    'an id that is not of one row alone',
    'seed/new/identity.ts',
    'profile.isUnique && profile.values === rows',
    'profile.values === rows',
    'seed/new/decide.test.ts',
  ),
  mutant(
    'null of a file is left out',
    'seed/new/build.ts',
    "absence === 'never' ? schema : z[absence](schema)",
    "absence === 'never' ? schema : z.optional(schema)",
    'seed/new/source-text.test.ts',
  ),
  mutant(
    'a collection’s file of somebody’s own is written over',
    'seed/new/cli.ts',
    'before !== undefined && before !== text && !isForced',
    'before === undefined && isForced',
    'seed/commands.test.ts',
  ),
  mutant(
    'an export goes on some items too late',
    'seed/export/cli.ts',
    'last = page.at(-1)?.id ?? last',
    "last = page.at(-1)?.id.slice(0, 3) + '~'",
    'seed/commands.test.ts',
  ),
  mutant(
    'a number is written out as JavaScript rounds it',
    'seed/export/lines.ts',
    "return field.kind === 'number' || field.kind === 'boolean' ? raw : JSON.stringify(raw)",
    "return field.kind === 'number' ? String(Number(raw)) : JSON.stringify(raw)",
    'seed/export/lines.test.ts',
  ),
  mutant(
    'a cell with a line end is written without quotes',
    'seed/export/lines.ts',
    '/[",;\\t|\\r\\n]/.test(text)',
    '/[",;\\t|\\n]/.test(text)',
    'seed/export/lines.test.ts',
  ),
  mutant(
    'a value that cannot be converted is taken away',
    'seed/check-data/mend.ts',
    "if (text === '') yield field.isNullable ? null : undefined",
    'yield field.isNullable ? null : undefined',
    'seed/check-data/mend.test.ts',
  ),
]
