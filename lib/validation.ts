import type * as z from 'zod/mini'
import { fail, type InputFault, ok, type Result } from './errors.ts'

/**
 * Checks input against its schema.
 *
 * @returns The parsed input, or `validation-error` with every place (RFC 6901 pointer as a URI
 *   fragment) and what is wrong there. The value itself is never repeated: it may be a password.
 */
export function validate<schema extends z.ZodMiniType>(
  schema: schema,
  input: unknown,
): Result<z.output<schema>, 'validation-error'> {
  const parsed = schema.safeParse(input)
  if (parsed.success) return ok(parsed.data)
  const all = parsed.error.issues.flatMap((issue) => faultsOf(issue, input))
  const errors = all.slice(0, MOST_FAULTS)
  // The log gets no pointer: a key is the client's own text.
  return fail('validation-error', `${all.length} faults`, { errors })
}

/** A body of a thousand wrong keys must not bring an answer many times its size. */
export const MOST_FAULTS = 20

type Issue = z.core.$ZodIssue

function faultsOf(issue: Issue, input: unknown): InputFault[] {
  if (issue.code === 'unrecognized_keys') {
    return issue.keys.map((key) => ({
      pointer: pointer([...issue.path, key]),
      message: 'is not allowed here',
    }))
  }
  return [{ pointer: pointer(issue.path), message: messageOf(issue, input) }]
}

function messageOf(issue: Issue, input: unknown): string {
  switch (issue.code) {
    case 'invalid_type':
      return isMissing(input, issue.path) ? 'is required' : `is not of type ${issue.expected}`
    case 'too_small':
      return `is smaller than ${issue.minimum}`
    case 'too_big':
      return `is larger than ${issue.maximum}`
    default:
      return issue.message
  }
}

function isMissing(input: unknown, path: readonly PropertyKey[]): boolean {
  let value = input
  for (const key of path) {
    if (typeof value !== 'object' || value === null || !Object.hasOwn(value, key)) return true
    value = Reflect.get(value, key)
  }
  return value === undefined
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
