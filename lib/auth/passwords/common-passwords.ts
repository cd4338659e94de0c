import { once } from '../../once.ts'
import { COMMON_PASSWORDS_LIST } from './common-passwords-list.ts'
import { SHORTEST_PASSWORD_CHARACTERS } from './password.ts'

/** Rows of the alphabet and the keyboard, and common passwords that the list does not have. */
const ROWS = ['abcdefghijklmnopqrstuvwxyz', '01234567890123456789', 'qwertyuiop', 'asdfghjkl']
const MORE = ['correcthorsebatterystaple', 'p@ssword']

/** Guessers try a few characters, repeated, for passwords up to this length. */
const LONGEST_REPETITION = 20

/** The list, read at its first use. */
export const commonPasswords: () => ReadonlySet<string> = /* @__PURE__ */ once(() => {
  const words = new Set(MORE)
  let word = ''
  for (const [, shared = '', rest = ''] of COMMON_PASSWORDS_LIST.matchAll(/([A-Z])([^A-Z\s]+)/g)) {
    word = word.slice(0, shared.charCodeAt(0) - 'A'.charCodeAt(0)) + rest
    words.add(word)
  }
  return words
})

/**
 * Whether a password is one that guessers try first: of the list, alone, repeated, or with digits
 * and signs at its ends; a few characters repeated; or a row of the alphabet or the keyboard.
 *
 * @param plain In lower case.
 *
 * @see NIST SP 800-63B-4 §3.1.1.2, OWASP ASVS v5.0.0-6.2.4
 */
export function isCommonPassword(plain: string): boolean {
  const forms = [
    plain,
    plain.replace(/^[^\p{L}\p{N}]+|[^\p{L}\p{N}]+$/gu, ''),
    plain.replace(/^[^\p{L}]+|[^\p{L}]+$/gu, ''),
  ]
  return forms.filter((form) => form.length >= SHORTEST_PASSWORD_CHARACTERS).some(isGuessedFirst)
}

function isGuessedFirst(form: string): boolean {
  const backwards = [...form].reverse().join('')
  // Where a text is found in its double, it begins anew.
  const unit = form.slice(0, `${form}${form}`.indexOf(form, 1))
  return (
    commonPasswords().has(unit) ||
    (unit.length < SHORTEST_PASSWORD_CHARACTERS && form.length <= LONGEST_REPETITION) ||
    ROWS.some((row) => row.includes(form) || row.includes(backwards))
  )
}
