import type { ZodMiniType } from 'zod/mini'
import { meantBy } from '../collections/schema.ts'
import { fail, type InputFault, ok, type Result } from '../contract/problems.ts'
import { pointer, validate } from '../validation.ts'

/** How a value is kept as text, filtered and sorted. `json` is what has neither filters nor an order. */
export type Kind = 'string' | 'number' | 'boolean' | 'date' | 'datetime' | 'decimal' | 'json'

/** A declared field, as the engine sees it. */
export interface Field {
  name: string
  schema: ZodMiniType
  /** Of a list that of its entries. */
  kind: Kind
  /** A list of scalars. */
  isList: boolean
  /** Null where nothing is stored. */
  isNullable: boolean
  /** The name of the collection that it refers to. */
  reference: string | undefined
  /** All that it can be, where those are some words. */
  words: readonly string[] | undefined
  /** Of a list: how many entries it has at most, because each is in an index. */
  mostEntries: number | undefined
  /** Of a text: how many characters it has at most, because all of them are in an index. */
  mostCharacters: number | undefined
}

type Nature = Omit<Field, 'name' | 'schema' | 'mostEntries' | 'mostCharacters'>

/** Lists, objects and other JSON are kept as text of this many bytes at most. */
export const MOST_JSON_BYTES = 16 * 1_024
/** Deeper JSON would exhaust the stack of who reads or writes it. */
export const DEEPEST_JSON = 32

/** What a field is, by its schema. */
export function natureOf(schema: ZodMiniType): Nature {
  const { def } = schema._zod
  if ('innerType' in def) {
    const inner = natureOf(def.innerType as ZodMiniType)
    return def.type === 'nullable' ? { ...inner, isNullable: true } : inner
  }
  if ('element' in def) {
    const entry = natureOf(def.element as ZodMiniType)
    const isScalar = !entry.isList && entry.kind !== 'json'
    return isScalar ? { ...entry, isList: true, isNullable: false } : plain('json')
  }
  const meant = meantBy(schema)
  if (meant?.as === 'reference') return { ...plain('string'), reference: meant.to }
  if (meant !== undefined && meant.as !== 'url' && meant.as !== 'email') return plain(meant.as)
  if ('entries' in def) {
    const words = Object.values(Object(def.entries)).map(String)
    return { ...plain('string'), words }
  }
  if (def.type === 'object') return plain('json')
  return plain(def.type === 'number' || def.type === 'boolean' ? def.type : 'string')
}

function plain(kind: Kind): Nature {
  return { kind, isList: false, isNullable: false, reference: undefined, words: undefined }
}

/** A value, or that a text is none. */
export type Parsed = { fits: true; value: unknown } | { fits: false }

const UNFIT: Parsed = { fits: false }

/**
 * The value of a stored text. Redis holds strings alone, and people type hashes by hand: what does not fit
 * the field is no value of it.
 *
 * @param raw Undefined where nothing is stored.
 */
export function parseStored(field: Field, raw: string | undefined): Parsed {
  const { schema, kind, isNullable } = field
  let given: unknown = isNullable ? null : undefined
  if (raw !== undefined && isJson(field)) {
    if (byteLength(raw) > MOST_JSON_BYTES) return UNFIT
    try {
      given = JSON.parse(raw)
    } catch {
      return UNFIT
    }
    if (jsonFault(given) !== undefined) return UNFIT
  } else if (raw !== undefined) given = scalarOf(raw, kind)
  const parsed = schema.safeParse(given)
  if (!parsed.success || limitFault(field, parsed.data) !== undefined) return UNFIT
  return { fits: true, value: parsed.data }
}

/**
 * Checks a value that is to be stored.
 *
 * @returns It in its canonical form, or where in it what is wrong: texts must be well-formed Unicode, to
 *   come back the same.
 */
export function accept(field: Field, given: unknown): Result<unknown, 'validation-error'> {
  const parsed = validate(field.schema, given)
  if (!parsed.ok) return parsed
  const { value } = parsed
  const fault = jsonFault(value) ?? limitFault(field, value) ?? sizeFault(field, value)
  return fault === undefined
    ? ok(value)
    : fail('validation-error', 'cannot be kept', { errors: [fault] })
}

/** A value as the text that is stored; undefined where nothing is. */
export function storedText(field: Field, value: unknown): string | undefined {
  if (value === undefined || (value === null && field.isNullable)) return undefined
  return isJson(field) ? JSON.stringify(value) : String(value)
}

/** Whether a field is kept as JSON. */
export function isJson({ kind, isList }: Field): boolean {
  return isList || kind === 'json'
}

/** How a number is written: as JSON writes it (RFC 8259 §6). */
export const NUMBER = /^-?(0|[1-9]\d*)(\.\d+)?([eE][+-]?\d+)?$/

/** What a text says, for a schema or a comparison. */
export function scalarOf(raw: string, kind: Kind): unknown {
  if (kind === 'number') return NUMBER.test(raw) ? Number(raw) : raw
  if (kind === 'boolean') return raw === 'true' || raw === 'false' ? raw === 'true' : raw
  return raw
}

function limitFault(field: Field, value: unknown): InputFault | undefined {
  const { mostEntries, mostCharacters } = field
  const whole = pointer([])
  if (mostEntries !== undefined && Array.isArray(value) && value.length > mostEntries) {
    const message = `has more than ${mostEntries} entries, which lists are filtered by`
    return { pointer: whole, message }
  }
  if (
    mostCharacters !== undefined &&
    typeof value === 'string' &&
    isLonger(value, mostCharacters)
  ) {
    const message = `has more than ${mostCharacters} characters, and has to be unique`
    return { pointer: whole, message }
  }
  return undefined
}

function sizeFault(field: Field, value: unknown): InputFault | undefined {
  if (value === undefined || !isJson(field)) return undefined
  if (byteLength(JSON.stringify(value)) <= MOST_JSON_BYTES) return undefined
  return { pointer: pointer([]), message: `has more than ${MOST_JSON_BYTES} bytes as JSON` }
}

function isLonger(text: string, most: number): boolean {
  return text.length > most && [...text].length > most
}

/** The first place in a value that cannot be kept or given out again. */
function jsonFault(
  value: unknown,
  path: readonly (string | number)[] = [],
): InputFault | undefined {
  const at = (message: string): InputFault => ({ pointer: pointer(path), message })
  if (typeof value === 'string') {
    return value.isWellFormed() ? undefined : at('is not well-formed Unicode')
  }
  if (typeof value !== 'object' || value === null) return undefined
  if (path.length >= DEEPEST_JSON) return at(`is nested more than ${DEEPEST_JSON} levels deep`)
  for (const [name, each] of Object.entries(value)) {
    if (!name.isWellFormed()) return at('has a name that is not well-formed Unicode')
    const fault = jsonFault(each, [...path, name])
    if (fault !== undefined) return fault
  }
  return undefined
}

const encoder = new TextEncoder()

function byteLength(text: string): number {
  // A character has three bytes at most for each of its code units.
  return text.length * 3 <= MOST_JSON_BYTES ? text.length : encoder.encode(text).length
}
