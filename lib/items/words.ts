import type { Collection } from '../collections/define.ts'
import type { StoredFields } from '../store/stored-fields.ts'
import { caseless } from './caseless.ts'
import { readerOf } from './item.ts'

/**
 * So much of a text is searched, in UTF-16 code units, before and after `normalize`: it takes more time
 * than length, and makes eighteen characters of one (U+FDFA).
 */
const SEARCHED_LENGTH = 2_000
/** The most words of one item that `q=` finds, and the longest. */
const MOST_WORDS = 200
const LONGEST_WORD = 64

/** Letters that Unicode does not take apart, as they are typed where they are not on the keyboard. */
const PLAIN_LETTERS: Readonly<Record<string, string>> = {
  ς: 'σ',
  æ: 'ae',
  đ: 'd',
  ð: 'd',
  ħ: 'h',
  ł: 'l',
  ŋ: 'n',
  ø: 'o',
  œ: 'oe',
  þ: 'th',
  ŧ: 't',
}
const WITH_PLAIN_LETTERS = new RegExp(`[${Object.keys(PLAIN_LETTERS).join('')}]`, 'g')

/**
 * A text without case, marks and the letters of {@link PLAIN_LETTERS}, so that what is typed finds what
 * is meant.
 *
 * Marks are taken out before `normalize` too: it sorts each run of them, in the square of its length,
 * and one text of marks alone would hold up everybody else's requests.
 */
export function fold(text: string): string {
  const bare = withoutMarks(withoutMarks(text).normalize('NFKD').slice(0, SEARCHED_LENGTH))
  return caseless(bare).replace(WITH_PLAIN_LETTERS, (letter) => PLAIN_LETTERS[letter] ?? letter)
}

function withoutMarks(text: string): string {
  return text.replace(/\p{M}+/gu, '')
}

/** The words of the beginning of a text, folded: letters and digits. */
export function wordsOf(text: string): string[] {
  const folded = fold(text.slice(0, SEARCHED_LENGTH))
  return [...new Set(folded.match(/[\p{L}\p{N}]+/gu) ?? [])].map((word) =>
    [...word].slice(0, LONGEST_WORD).join(''),
  )
}

/** What `q=` searches of an item. */
export function searchWords(collection: Collection, id: string, stored: StoredFields): string[] {
  const { names, searched } = readerOf(collection)
  const texts = (collection.search ?? []).map((field) => {
    const index = names.indexOf(field)
    return field === 'id' ? id : searched(index, stored[index])
  })
  return [...new Set(texts.flatMap(wordsOf))].slice(0, MOST_WORDS)
}
