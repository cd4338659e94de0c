import type * as z from 'zod/mini'
import { fail, type InputFault, ok, type Result } from './contract/problems.ts'

/**
 * Checks input against its schema.
 *
 * @returns The parsed input, or `validation-error` with every place (RFC 6901 pointer as a URI
 *   fragment) and what would be right there. The value itself is never repeated: it may be a password.
 */
export function validate<schema extends z.ZodMiniType>(
  schema: schema,
  input: unknown,
): Result<z.output<schema>, 'validation-error'> {
  const parsed = schema.safeParse(input, { error: messageOf })
  if (parsed.success) return ok(parsed.data)
  const all = parsed.error.issues.flatMap(faultsOf)
  const errors = all.slice(0, MOST_FAULTS)
  // The log gets no pointer: it has names that the client chose.
  return fail('validation-error', `${all.length} faults`, { errors })
}

/** The most faults in an answer: a body with a thousand wrong members must not get a far larger answer. */
export const MOST_FAULTS = 20

function faultsOf(issue: z.core.$ZodIssue): InputFault[] {
  const { message } = issue
  if (issue.code !== 'unrecognized_keys') return [{ pointer: pointer(issue.path), message }]
  return issue.keys.map((key) => ({ pointer: pointer([...issue.path, key]), message }))
}

/** The message of a schema without one. It names what is declared, and never what was sent. */
function messageOf(issue: z.core.$ZodRawIssue): string {
  switch (issue.code) {
    case 'invalid_type':
      return issue.input === undefined ? 'is required' : `is not of type ${issue.expected}`
    case 'invalid_value':
      return issue.input === undefined ? 'is required' : notOneOf(issue.values.map(String))
    case 'invalid_format':
      return issue.pattern === undefined
        ? `is not of the format ${issue.format}`
        : `does not have the form ${issue.pattern}`
    case 'too_small':
      return sizeMessage(issue.origin, ['fewer', 'smaller'], issue.minimum)
    case 'too_big':
      return sizeMessage(issue.origin, ['more', 'larger'], issue.maximum)
    case 'unrecognized_keys':
      return notAmong(namesOf(issue.inst))
    default:
      return 'does not fit'
  }
}

function sizeMessage(
  origin: string,
  [many, much]: [string, string],
  bound: number | bigint,
): string {
  const unit = { string: 'characters', array: 'entries' }[origin]
  return unit === undefined ? `is ${much} than ${bound}` : `has ${many} than ${bound} ${unit}`
}

/** The members that an object's schema declares. */
function namesOf(schema: z.core.$ZodRawIssue['inst']): string[] {
  const def: object = schema?._zod.def ?? {}
  return 'shape' in def ? Object.keys(Object(def.shape)) : []
}

/** Says of a name that it is none of those that there are. */
export function notAmong(known: readonly string[]): string {
  return known.length === 0
    ? 'is not allowed here: nothing is'
    : `is not allowed here; allowed: ${listed(known)}`
}

/** Says of a value that it is none of those that there are. */
export function notOneOf(values: readonly string[]): string {
  return `is not one of ${listed(values)}`
}

const MOST_NAMES = 24

/** The names in a message: not more than a person reads. */
export function listed(names: readonly string[]): string {
  const more = names.length - MOST_NAMES
  const shown = names.slice(0, MOST_NAMES).join(', ')
  return more > 0 ? `${shown} and ${more} more` : shown
}

const LONGEST_KEY = 64

/** An RFC 6901 pointer as a URI fragment; long names are cut. */
export function pointer(path: readonly PropertyKey[]): string {
  const tokens = path.map((key) =>
    encodeURIComponent(
      String(key).slice(0, LONGEST_KEY).toWellFormed().replaceAll('~', '~0').replaceAll('/', '~1'),
    ),
  )
  return `#${tokens.map((token) => `/${token}`).join('')}`
}
