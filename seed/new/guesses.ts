import { dateOf, datetimeOf, decimalPattern, emailOf, urlOf } from '../../lib/collections/texts.ts'
import { NUMBER } from '../../lib/items/field.ts'
import { spelled } from '../spelling.ts'
import { isExact } from '../values.ts'

/** What a text may be besides a text. */
export type Guess = 'boolean' | 'int' | 'number' | 'decimal' | 'date' | 'datetime' | 'url' | 'email'

/** More digits behind a point are no decimal that somebody meant. */
export const MOST_DECIMALS = 18
const DECIMAL = decimalPattern(MOST_DECIMALS)

const HOLDS: Readonly<Record<Guess, (text: string) => boolean>> = {
  boolean: (text) => isWord(spelled(text, 'boolean')),
  int: (text) => isInt(spelled(text, 'number') ?? ''),
  number: (text) => isNumber(spelled(text, 'number') ?? ''),
  decimal: (text) => DECIMAL.test(text),
  date: (text) => dateOf(text) !== undefined,
  datetime: (text) => datetimeOf(text) !== undefined,
  url: (text) => urlOf(text) !== undefined,
  email: (text) => emailOf(text) !== undefined,
}

function isWord(text: string | undefined): boolean {
  return text === 'true' || text === 'false'
}

function isInt(text: string): boolean {
  return /^-?\d+$/.test(text) && NUMBER.test(text) && Number.isSafeInteger(Number(text))
}

function isNumber(text: string): boolean {
  return NUMBER.test(text) && isExact(text)
}

/** What all texts may be that were looked at. */
export class Guesses {
  readonly #open = new Set(Object.keys(HOLDS) as Guess[])
  #looked = false

  look(text: string): void {
    this.#looked = true
    for (const guess of this.#open) if (!HOLDS[guess](text)) this.#open.delete(guess)
  }

  /** Whether every text was one, and there was one. */
  are(guess: Guess): boolean {
    return this.#looked && this.#open.has(guess)
  }
}
