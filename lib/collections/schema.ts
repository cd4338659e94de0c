import {
  _default,
  array,
  boolean,
  enum as enumeration,
  int,
  maximum,
  maxLength,
  minimum,
  minLength,
  nullable,
  number,
  optional,
  type output,
  refine,
  regex,
  strictObject,
  string,
  unknown,
  type ZodMiniDefault,
  type ZodMiniString,
  type ZodMiniType,
} from 'zod/mini'
import { type Canonical, dateOf, datetimeOf, decimalPattern, emailOf, urlOf } from './texts.ts'

/** Any value of JSON. */
export type Json = string | number | boolean | null | Json[] | { [name: string]: Json }

/** What a field is besides its type of JSON. It stands in the definition of the schema, where copies keep it. */
export type Meant =
  | { as: 'date' | 'datetime' | 'url' | 'email' | 'json' }
  | { as: 'decimal'; digits: number }
  | { as: 'reference'; to: string }

/** What a schema is besides its type of JSON; undefined for nothing. */
export function meantBy(schema: { _zod: { def: object } }): Meant | undefined {
  return Reflect.get(schema._zod.def, 'meant')
}

function meaning<schema extends ZodMiniType>(schema: schema, meant: Meant): schema {
  Object.assign(schema._zod.def, { meant })
  return schema
}

/** A text that is kept in its canonical form. */
function canonical(meant: Meant, form: Canonical, message: string): ZodMiniString<string> {
  const checked = string().check((payload) => {
    const text = form(payload.value)
    if (text !== undefined) payload.value = text
    else payload.issues.push({ code: 'custom', input: payload.value, message })
  })
  return meaning(checked, meant)
}

function date(): ZodMiniString<string> {
  return canonical({ as: 'date' }, dateOf, 'is not a date that exists, as 2026-01-31')
}

function datetime(): ZodMiniString<string> {
  const message = 'is not a time with its zone, as 2026-01-31T12:00:00Z or …T14:00:00+02:00'
  return canonical({ as: 'datetime' }, datetimeOf, message)
}

function url(): ZodMiniString<string> {
  return canonical({ as: 'url' }, urlOf, 'is not a URL of http or https')
}

function email(): ZodMiniString<string> {
  return canonical({ as: 'email' }, emailOf, 'is not a mail address')
}

/** @param digits So many stand behind the point at most. */
function decimal(digits: number): ZodMiniString<string> {
  const pattern = decimalPattern(digits)
  const example = digits === 0 ? '12' : (12.5).toFixed(digits)
  return canonical(
    { as: 'decimal', digits },
    (text) => (pattern.test(text) ? text : undefined),
    `is not a text of digits with ${digits} behind the point at most, as "${example}"`,
  )
}

/**
 * The id of an item of a collection, which is known by its name: a file need not import the other's.
 * `refersTo` is for the compiler alone.
 */
export type Reference<collection extends string> = ZodMiniString<string> & {
  readonly refersTo: collection
}

const LONGEST_REFERENCE = 256

function reference<const collection extends string>(to: collection): Reference<collection> {
  const id = string().check(minLength(1), maxLength(LONGEST_REFERENCE))
  return meaning(id, { as: 'reference', to }) as Reference<collection>
}

function json(): ZodMiniType<Json, Json> {
  const anything = unknown().check((payload) => {
    // Whatever came in a body is JSON; only what did not come is none.
    if (payload.value === undefined)
      payload.issues.push({ code: 'custom', input: undefined, message: 'is required' })
  })
  return meaning(anything, { as: 'json' }) as unknown as ZodMiniType<Json, Json>
}

/**
 * A field with a default. The default is a value and not a function: every isolate must find the same
 * value in the indexes. It is taken in the form in which values are kept.
 */
function withDefault<schema extends ZodMiniType<Json>>(
  schema: schema,
  value: Exclude<output<schema>, undefined>,
): ZodMiniDefault<schema> {
  const parsed = schema.safeParse(value)
  return _default(schema, parsed.success ? (parsed.data as typeof value) : value)
}

/**
 * The part of `zod/mini` that describes fields. A bundler keeps what is named here; handing over
 * the whole namespace would put every locale into every function.
 */
const types = {
  array,
  boolean,
  date,
  datetime,
  decimal,
  default: withDefault,
  email,
  enum: enumeration,
  int,
  json,
  nullable,
  number,
  /** No other members than these. */
  object: strictObject,
  optional,
  reference,
  string,
  url,
} as const

const checks = { maximum, maxLength, minimum, minLength, refine, regex } as const

export const z = { ...types, ...checks } as const

/** What a field can be. */
export const TYPE_NAMES: readonly string[] = Object.keys(types)
