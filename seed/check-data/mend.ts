import { accept, type Field, isJson, scalarOf, storedText } from '../../lib/items/field.ts'
import { spelled } from '../spelling.ts'

/** A stored text that does not fit its field, as one that does. */
export type Mended = { text: string | undefined }

/**
 * Converts a stored text so that it fits its field, if nothing of what it says is lost and it can be meant in
 * one way.
 *
 * @returns Undefined where there is no such text.
 */
export function mend(field: Field, raw: string): Mended | undefined {
  for (const value of candidates(field, raw)) {
    const accepted = accept(field, value)
    if (accepted.ok) return { text: storedText(field, accepted.value) }
  }
  return undefined
}

/** What a text may mean, the likeliest first. */
function* candidates(field: Field, raw: string): Generator<unknown> {
  const text = raw.trim()
  // Nothing is said, and nothing may be stored.
  if (text === '') yield field.isNullable ? null : undefined
  if (isJson(field)) {
    yield* listCandidates(field, raw)
    return
  }
  for (const candidate of textCandidates(field, text)) yield scalarOf(candidate, field.kind)
}

/** A text that is no JSON, as the only entry of a list, or as a text of JSON. */
function* listCandidates(field: Field, raw: string): Generator<unknown> {
  if (isJsonText(raw)) return
  if (!field.isList) {
    yield raw
    return
  }
  for (const text of [raw, ...textCandidates(field, raw.trim())]) {
    yield [scalarOf(text, field.kind === 'json' ? 'string' : field.kind)]
  }
}

function isJsonText(raw: string): boolean {
  try {
    JSON.parse(raw)
    return true
  } catch {
    return false
  }
}

const TRUE = /^(true|yes|1)$/i
const FALSE = /^(false|no|0)$/i
/** A time with its zone, a space in the place of the T. */
const SPACED_TIME = /^(\d{4}-\d\d-\d\d) (\d\d:\d\d:\d\d(?:\.\d+)?) ?(Z|[+-]\d\d:\d\d)$/i
const EPOCH_MS = /^\d{12,13}$/
const MIDNIGHT = /^(\d{4}-\d\d-\d\d)T00:00:00(?:\.0+)?Z$/i
const SLASHED = /^(\d{4})[/.](\d\d)[/.](\d\d)$/

function* textCandidates({ kind, words }: Field, text: string): Generator<string> {
  yield text
  switch (kind) {
    case 'number':
      yield spelled(text, 'number') ?? text
      break
    case 'boolean':
      if (TRUE.test(text)) yield 'true'
      if (FALSE.test(text)) yield 'false'
      break
    case 'decimal':
      // Zeros at the end say nothing more.
      yield (spelled(text, 'number') ?? text).replace(/(\.\d*?)0+$/, '$1').replace(/\.$/, '')
      break
    case 'date':
      yield text.replace(SLASHED, '$1-$2-$3')
      yield text.replace(MIDNIGHT, '$1')
      break
    case 'datetime':
      yield text.replace(SPACED_TIME, '$1T$2$3')
      if (EPOCH_MS.test(text)) yield new Date(Number(text)).toISOString()
      break
    default:
      yield* alike(words, text)
  }
}

/** The word that differs by capitals alone, if one does. */
function alike(words: readonly string[] | undefined, text: string): string[] {
  const same = words?.filter((word) => word.toLowerCase() === text.toLowerCase()) ?? []
  return same.length === 1 ? same : []
}
