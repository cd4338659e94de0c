import { MOST_JSON_BYTES } from '../../lib/items/field.ts'
import { MOST_DECIMALS } from './guesses.ts'
import { isCode } from './identity.ts'
import type { Profile } from './profile.ts'

/** A type of a field, as a collection's file names it. */
export type Type =
  | { is: 'string' | 'int' | 'number' | 'boolean' | 'date' | 'datetime' | 'url' | 'email' | 'json' }
  | { is: 'decimal'; digits: number }
  | { is: 'enum'; words: readonly string[] }
  | { is: 'array'; of: Type }
  | { is: 'object'; members: readonly Member[] }

/** Whether a value may be missing: it is then left out, or null. */
export type Absence = 'never' | 'optional' | 'nullable'

export interface Member {
  name: string
  type: Type
  absence: Absence
}

/** What is thought of a column, and why. */
export interface Guessed {
  type: Type
  absence: Absence
  /** For the screen: what speaks for it. */
  why: string
  /** For the file, where another choice would have been as good. */
  comment?: string | undefined
  /** Words that stand for no value. */
  empty: readonly string[]
}

/** A column that becomes a field. */
export interface DecidedField extends Guessed {
  name: string
  column: string
  profile: Profile
}

/** More values are no list of words that somebody keeps in a file. */
const MOST_WORDS = 12
const LONGEST_WORD = 40
/** A list of words is guessed from so many values on. */
const FEWEST_VALUES = 20
/** More members of an object are keys of a table. */
const MOST_MEMBERS = 12

/**
 * Guesses the type of a column.
 *
 * @param name The column, whose name may say that digits are no number.
 * @param rows How many rows there are.
 * @param isOfTexts Whether all values are texts by their format, as in CSV.
 */
export function guessType(
  profile: Profile,
  { name, rows, isOfTexts }: { name: string; rows: number; isOfTexts: boolean },
): Guessed {
  if (profile.values === 0) {
    return {
      type: { is: 'string' },
      absence: 'optional',
      why: 'no row has a value',
      comment: 'Empty in the file: any text.',
      empty: [],
    }
  }
  const scalar = scalarGuess(profile, name, isOfTexts)
  const nulls = isOfTexts ? 0 : profile.nulls
  const none = rows - profile.values + missing(profile, scalar.empty ?? [])
  const isNull = nulls > 0 && profile.looked === rows
  const absence = none === 0 ? 'never' : isNull ? 'nullable' : 'optional'
  return {
    empty: [],
    ...scalar,
    absence,
    why: [scalar.why, absent(none, isNull)].filter(Boolean).join('; '),
  }
}

function absent(none: number, isNull: boolean): string {
  if (none === 0) return ''
  return `${counted(none, 'row', 'rows')} ${none === 1 ? 'has' : 'have'} ${isNull ? 'null' : 'none'}`
}

function missing({ placeholders }: Profile, words: readonly string[]): number {
  return words.reduce((sum, word) => sum + (placeholders.get(word) ?? 0), 0)
}

type Scalar = Omit<Guessed, 'absence' | 'empty'> & { empty?: readonly string[] }

function scalarGuess(profile: Profile, name: string, isOfTexts: boolean): Scalar {
  const { lists, objects, truths, numbers, texts, values } = profile
  if (profile.longestJson > MOST_JSON_BYTES) return tooLong(profile)
  if (lists === values) return listGuess(profile)
  if (objects === values) return objectGuess(profile)
  if (lists + objects > 0) return anything('values of several kinds')
  if (truths === values) return { type: { is: 'boolean' }, why: 'true or false' }
  if (truths > 0) return anything('values of several kinds')
  if (numbers === values) return numberGuess(profile)
  if (numbers > 0)
    return { type: { is: 'string' }, why: 'texts and numbers', comment: 'Texts and numbers.' }
  return textGuess(profile, name, isOfTexts && texts === values)
}

function anything(why: string): Scalar {
  return { type: { is: 'json' }, why, comment: `${capital(why)}.` }
}

function tooLong({ longestJson }: Profile): Scalar {
  const why = `one value has ${longestJson} bytes as JSON, and ${MOST_JSON_BYTES} are kept: its row will be rejected`
  return { type: { is: 'json' }, why, comment: `At most ${MOST_JSON_BYTES} bytes as JSON.` }
}

function listGuess({ entries }: Profile): Scalar {
  const { profile } = entries
  if (profile === undefined || profile.looked === 0) return anything('empty lists alone')
  const type = nestedType(profile, 'never')
  return type === undefined
    ? anything('lists whose entries differ')
    : { type: { is: 'array', of: type }, why: `lists of at most ${entries.most}` }
}

/** A type for an entry or a member: one that takes what is there, without a guess at few words. */
function nestedType(profile: Profile, allowed: Absence): Type | undefined {
  const { values, nulls, lists, objects, truths, numbers, texts } = profile
  if (nulls > 0 && allowed === 'never') return undefined
  if (values === 0) return { is: 'json' }
  if (texts === values) return { is: 'string' }
  if (truths === values) return { is: 'boolean' }
  if (numbers === values) return numberGuess(profile).type
  if (lists === values) return listGuess(profile).type
  if (objects === values) return objectGuess(profile).type
  return { is: 'json' }
}

function objectGuess({ members, objects }: Profile): Scalar {
  const names = [...members]
  const differ = names.some(([, { looked }]) => looked * 2 < objects)
  if (names.length === 0 || names.length > MOST_MEMBERS || differ || members.has('__proto__')) {
    return {
      type: { is: 'json' },
      why: `objects with ${names.length} different members`,
      comment: differ
        ? 'The members differ from row to row.'
        : `z.object() would describe all ${names.length} members.`,
    }
  }
  const described = names.map(([name, profile]): Member => {
    const absence = profile.looked < objects ? 'optional' : profile.nulls > 0 ? 'nullable' : 'never'
    return { name, type: nestedType(profile, 'nullable') ?? { is: 'json' }, absence }
  })
  // Null where a member is also left out fits neither.
  const fitting = described.map((member) => {
    const nulls = members.get(member.name)?.nulls ?? 0
    const isBoth = member.absence === 'optional' && nulls > 0
    return isBoth ? { ...member, type: { is: 'json' } as const } : member
  })
  return { type: { is: 'object', members: fitting }, why: 'objects with the same members' }
}

function numberGuess({ known }: Profile): Scalar {
  if (known.are('int')) return { type: { is: 'int' }, why: 'whole numbers' }
  if (known.are('number')) return { type: { is: 'number' }, why: 'numbers' }
  return {
    type: { is: 'string' },
    why: 'numbers of more digits than a number of JavaScript has',
    comment: 'Digits of numbers that JavaScript would round.',
  }
}

/** Digits that are looked up, and not reckoned with. */
const CODE =
  /(zip|post(al)?|phone|tel|fax|mobile|ssn|isbn|issn|ean|gtin|upc|fips|iban|code|account)/i
const MONEY = /(price|cost|amount|total|fee|salary|balance|budget|revenue|tax|paid|usd|eur|gbp)/i

function textGuess(profile: Profile, name: string, isOfTexts: boolean): Scalar {
  const { all, known, decimals, placeholders } = profile
  // Where all but some words for "not known" are of a type, those stand for no value.
  const words = [...placeholders.keys()]
  const by = (why: string): { why: string; empty: readonly string[]; comment?: string } =>
    words.length === 0
      ? { why, empty: [] }
      : {
          why: `${why} but for ${quoted(words)}`,
          empty: words,
          comment: `${capital(quoted(words))} stands for no value.`,
        }
  if (known.are('boolean')) return { type: { is: 'boolean' }, ...by('true or false') }
  // In JSON somebody chose to write digits as a text; with a point they are a number all the same.
  const isNumeric = isOfTexts || decimals.most > 0
  if (known.are('int') && isNumeric) {
    if (!CODE.test(name) || profile.values === words.length)
      return { type: { is: 'int' }, ...by('whole numbers') }
    return {
      type: { is: 'string' },
      why: 'digits, of a code by its name',
      comment: 'Digits of a code: nobody reckons with them.',
    }
  }
  if (known.are('decimal') && isNumeric && decimals.most > 0) {
    const isMoney = decimals.least === decimals.most && decimals.most <= 4 && MONEY.test(name)
    if (isMoney || !known.are('number')) {
      const digits = Math.min(decimals.most, MOST_DECIMALS)
      const why = isMoney
        ? `${digits} digits behind each point`
        : 'numbers that JavaScript would round'
      return {
        type: { is: 'decimal', digits },
        ...by(why),
        comment: 'Kept digit by digit, and sent as text.',
      }
    }
  }
  if (known.are('number') && isNumeric) return { type: { is: 'number' }, ...by('numbers') }
  if (known.are('date')) return { type: { is: 'date' }, ...by('dates') }
  if (known.are('datetime')) return { type: { is: 'datetime' }, ...by('times with a zone') }
  if (all.are('url')) return { type: { is: 'url' }, why: 'addresses of pages' }
  if (all.are('email')) return { type: { is: 'email' }, why: 'mail addresses' }
  return wordsGuess(profile, name) ?? freeText(profile)
}

/** Some words, each of which occurs more than once: another row is likely to have one of them. */
function wordsGuess(profile: Profile, name: string): Scalar | undefined {
  const { counts, values, longest, empties, placeholders } = profile
  // A dot among hundreds of words is none of them; "None" in most rows is.
  const rare = [...placeholders].filter(([, count]) => count * 20 < values).map(([word]) => word)
  const words = [...counts].filter(([word]) => !rare.includes(word))
  const isList =
    values >= FEWEST_VALUES &&
    empties === 0 &&
    longest <= LONGEST_WORD &&
    counts.size <= MOST_WORDS &&
    words.length > 1 &&
    words.length * 5 <= values &&
    words.every(([, count]) => count > 1) &&
    !isCode(name)
  if (!isList) return undefined
  const but = rare.length === 0 ? '' : `; ${quoted(rare)} stands for no value`
  return {
    type: { is: 'enum', words: words.map(([word]) => word).sort() },
    why: `${words.length} words in all rows${but}`,
    comment: `The words of ${counted(values, 'row', 'rows')}: z.string() would take others, too${but}.`,
    empty: rare,
  }
}

/** Looks like a time or a date, and is none that has one meaning. */
const TIME_LIKE = /^\d{1,4}[-/.]\d{1,2}[-/.]\d{1,4}([T ]\d{1,2}:\d\d(:\d\d(\.\d+)?)?)?$/
/** Such texts are in the order of time. */
const ORDERED_TIME = /^\d{4}[-/.]\d\d[-/.]\d\d([T ]\d\d:\d\d(:\d\d(\.\d+)?)?)?$/

/** Whether a column has times or dates as text, the year first. */
export function isOrderedTime({ counts }: Profile): boolean {
  return counts.size > 0 && [...counts.keys()].every((text) => ORDERED_TIME.test(text))
}

const DIGITS = /^0\d+$/

function freeText({ counts, all, different, decimals }: Profile): Scalar {
  const some = [...counts.keys()].filter((text) => text !== '')
  if (some.length > 0 && some.every((text) => TIME_LIKE.test(text))) {
    const isTime = some.some((text) => text.includes(':'))
    const why = isTime ? 'times without a zone' : 'dates of another form than 2026-01-31'
    return { type: { is: 'string' }, why, comment: `${capital(why)}: kept as they are.` }
  }
  if (
    some.length > 0 &&
    some.every((text) => /^\d+$/.test(text)) &&
    some.some((text) => DIGITS.test(text))
  ) {
    return {
      type: { is: 'string' },
      why: 'digits with zeros in front',
      comment: 'Digits with zeros in front: a number would lose them.',
    }
  }
  if (all.are('int') && decimals.most === 0) {
    return {
      type: { is: 'string' },
      why: 'digits in quotes',
      comment: 'Digits that the file has as texts.',
    }
  }
  return { type: { is: 'string' }, why: `${counted(different, 'text', 'different texts')}` }
}

export function counted(count: number, one: string, many: string): string {
  return `${count.toLocaleString('en')} ${count === 1 ? one : many}`
}

function quoted(words: readonly string[]): string {
  return words.map((word) => `“${word}”`).join(' and ')
}

function capital(text: string): string {
  return text.charAt(0).toUpperCase() + text.slice(1)
}
