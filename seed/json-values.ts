import { JsonFault, JsonReader } from './json-reader.ts'
import { INEXACT, isExact, Numeral } from './values.ts'

/**
 * A value of a file as JSON has it, for a field that is kept as JSON.
 *
 * @param isText Whether it is a cell of CSV, which holds JSON as a text.
 */
export function jsonOf(value: unknown, isText: boolean): { value: unknown } | { fault: string } {
  if (!isText || typeof value !== 'string') return withNumbers(value)
  const reader = new JsonReader(value)
  try {
    reader.space()
    const read = reader.value()
    reader.end()
    return withNumbers(read)
  } catch (error) {
    if (error instanceof JsonFault) return { fault: 'is not JSON' }
    throw error
  }
}

/** The same with numbers in the place of their digits, if none would become another one. */
function withNumbers(value: unknown): { value: unknown } | { fault: string } {
  let isWhole = true
  const plain = (each: unknown): unknown => {
    if (each instanceof Numeral) {
      isWhole &&= isExact(each.source)
      return Number(each.source)
    }
    if (Array.isArray(each)) return each.map(plain)
    if (typeof each !== 'object' || each === null) return each
    return Object.fromEntries(Object.entries(each).map(([name, member]) => [name, plain(member)]))
  }
  const made = plain(value)
  return isWhole ? { value: made } : INEXACT
}
