import { type Kind, NUMBER } from '../lib/items/field.ts'
import { spelled } from './spelling.ts'

/** A number of a JSON file that JavaScript would write in other words, as the file has it. */
export class Numeral {
  readonly source: string

  constructor(source: string) {
    this.source = source
  }
}

/** A value as the text that a hash keeps, or why it is none. */
export type TextOf = { text: string } | { fault: string }

/**
 * Turns a value of a file into the text that is stored, if none of it is lost on the way.
 *
 * Texts and the digits of numbers are kept as they are in the file. What is of another type than its
 * field (a truth value, a list, an object in the place of a text) has no text of its own: guessing
 * one would store `[object Object]`.
 *
 * @param kind The type of the field; an id is a string.
 */
export function textOf(value: unknown, kind: Kind): TextOf {
  switch (typeof value) {
    case 'string':
      if (!value.isWellFormed()) return { fault: 'is not well-formed Unicode' }
      return cellText(value, kind)
    case 'number': {
      const isExactly = Number.isFinite(value) && isSafe(value)
      return isExactly ? { text: String(value) } : INEXACT
    }
    case 'boolean':
      return kind === 'boolean' ? { text: String(value) } : { fault: 'is true or false' }
    default:
      if (value instanceof Numeral) return numeralText(value, kind)
      return { fault: Array.isArray(value) ? 'is a list' : 'is an object' }
  }
}

function cellText(cell: string, kind: Kind): TextOf {
  if (kind !== 'number' && kind !== 'boolean') return { text: cell }
  const text = spelled(cell, kind) ?? cell
  return kind === 'number' && NUMBER.test(text) && !isExact(text) ? INEXACT : { text }
}

export const INEXACT = { fault: 'cannot be kept exactly as a number' }

function numeralText({ source }: Numeral, kind: Kind): TextOf {
  if (kind !== 'number') return { text: source }
  if (!isExact(source)) return INEXACT
  return { text: /[eE]/.test(source) ? String(Number(source)) : source }
}

/** Whether a number is a fraction, or a whole number that no other one is rounded to. */
export function isSafe(value: number): boolean {
  return !Number.isInteger(value) || Number.isSafeInteger(value)
}

/** So many digits `toExponential` can write. */
const MOST_DIGITS = 101

/**
 * Whether a number (IEEE 754 double) that is read from these digits writes the same ones again:
 * 9007199254740993 would become another number.
 *
 * @see RFC 7493 §2.2
 */
export function isExact(source: string): boolean {
  const digits = significant(source)
  const value = Number(source)
  if (digits === '') return true
  if (digits.length > MOST_DIGITS || !Number.isFinite(value)) return false
  // Of two that are equally near `toExponential` writes the larger, and `String` the even one.
  return (
    significant(String(value)) === digits ||
    significant(value.toExponential(digits.length - 1)) === digits
  )
}

/** The digits of a number without sign, point, exponent, and zeros at either end. */
function significant(source: string): string {
  const digits = source
    .replace(/[eE].*$/, '')
    .replace(/[-.]/g, '')
    .replace(/^0+/, '')
  let end = digits.length
  while (digits[end - 1] === '0') end--
  return digits.slice(0, end)
}

const LONGEST_SHOWN = 60

/** A text of a file for the screen: in quotes, cut, and without what a terminal would obey. */
export function shown(value: unknown): string {
  const text = value instanceof Numeral ? value.source : asText(value)
  const cut = text.length > LONGEST_SHOWN ? `${text.slice(0, LONGEST_SHOWN)}…` : text
  return cut.replace(
    /[\p{Cc}\p{Cf}\p{Zl}\p{Zp}]/gu,
    (char) => `\\u{${char.codePointAt(0)?.toString(16)}}`,
  )
}

/** A column's name for the screen: as it is where it is a plain word. */
export function named(name: string): string {
  return /^[\p{L}\p{N}_.-]{1,40}$/u.test(name) ? name : shown(name)
}

function asText(value: unknown): string {
  if (typeof value === 'string') return JSON.stringify(value.slice(0, LONGEST_SHOWN + 1))
  if (Array.isArray(value)) return '[…]'
  return typeof value === 'object' ? '{…}' : String(value)
}
