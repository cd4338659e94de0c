import { PATH_VARIABLES } from '../collections/define.ts'
import type { Operation } from '../contract/operations.ts'
import { fail, ok, type ProblemCode, type Result } from '../contract/problems.ts'
import type { InputCheck } from '../operation.ts'
import { MOST_FAULTS, pointer, validate } from '../validation.ts'
import { declaresTooLarge, encodingFault, readJson, readText, takesMediaType } from './body.ts'

/**
 * Reads an operation's input, of the body or of the query, and checks it.
 *
 * @param check Absent: the operation takes none.
 * @returns The input; or why it cannot be taken. A query parameter that an operation does not know is
 *   a fault, also when there is a body: a misspelt parameter must not be ignored in silence.
 */
export async function readInput(
  row: Operation,
  check: InputCheck<unknown> | undefined,
  request: Request,
): Promise<Result<unknown, ProblemCode>> {
  const query = queryOf(row, request)
  const ofQuery = row.body === 'none'
  const raw = ofQuery ? ok(query) : await readBody(row, request)
  if (!raw.ok) return raw
  const refused = ofQuery && check !== undefined ? [] : Object.keys(query)
  if (refused.length > 0) {
    const message = 'is not allowed here: this operation takes no query parameters'
    const errors = refused
      .slice(0, MOST_FAULTS)
      .map((name) => ({ pointer: pointer([name]), message }))
    return fail('validation-error', `${refused.length} query parameters`, { errors })
  }
  return check === undefined || check === 'as sent' ? ok(raw.value) : validate(check, raw.value)
}

async function readBody(row: Operation, request: Request): Promise<Result<unknown, ProblemCode>> {
  if (!takesMediaType(row, request.headers)) return fail('unsupported-media-type', 'not JSON')
  const encoded = encodingFault(request.headers)
  if (encoded !== undefined) return encoded
  if (declaresTooLarge(request.headers)) return fail('payload-too-large', 'Content-Length')
  if (row.body === 'optional' && !request.headers.has('content-type')) return ok(undefined)
  if (row.body === 'text') return readText(request)
  const body = await readJson(request)
  if (row.body === 'any' && !body.ok && body.code === 'invalid-request') return ok(undefined)
  return body
}

/**
 * The query as an object; a parameter given twice becomes a list, which no schema takes.
 *
 * Next appends the path's variables to an edge route's URL, and any that the client names as
 * `nxtP…`: the names of the path's own variables are left out, and where a path has some those that no
 * filter can have, here and on every other host.
 */
function queryOf(row: Operation, request: Request): Record<string, string | string[]> {
  // Without a prototype: `__proto__` is a name like any other.
  const query: Record<string, string | string[]> = Object.create(null)
  if (!request.url.includes('?')) return query
  const hasVariables = row.path.includes('{')
  for (const [name, value] of new URL(request.url).searchParams) {
    const isVariable = PATH_VARIABLES.some((variable) => variable === name)
    const isNexts = row.path.includes(`{${name}}`) || (hasVariables && isVariable)
    if (isNexts || /^nxt[PI]/.test(name)) continue
    const earlier = query[name]
    if (Array.isArray(earlier)) earlier.push(value)
    else query[name] = earlier === undefined ? value : [earlier, value]
  }
  return query
}
