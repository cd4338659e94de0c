import type * as z from 'zod/mini'
import { fail, ok, type ProblemCode, type Result } from '../errors.ts'
import { validate } from '../validation.ts'
import { declaresTooLarge, encodingFault, readJson, takesMediaType } from './body.ts'
import type { Operation } from './contract.ts'
import { PATH_VARIABLES } from './router.ts'

/**
 * Reads an operation's input, of the body or of the query, and checks it against its schema. Without
 * a schema the use case takes `unknown` or nothing, and judges by itself.
 */
export async function readInput<input>(
  row: Operation,
  schema: z.ZodMiniType<input> | undefined,
  request: Request,
): Promise<Result<input, ProblemCode>> {
  const raw = await readRaw(row, request)
  if (!raw.ok) return raw
  return schema === undefined ? ok(raw.value as input) : validate(schema, raw.value)
}

async function readRaw(row: Operation, request: Request): Promise<Result<unknown, ProblemCode>> {
  if (row.body === 'none') return ok(queryOf(request))
  if (!takesMediaType(row, request.headers)) return fail('unsupported-media-type', 'not JSON')
  const encoded = encodingFault(request.headers)
  if (encoded !== undefined) return encoded
  if (declaresTooLarge(request.headers)) return fail('payload-too-large', 'Content-Length')
  if (row.body === 'optional' && !request.headers.has('content-type')) return ok(undefined)
  const body = await readJson(request)
  if (row.body === 'any' && !body.ok && body.code === 'invalid-request') return ok(undefined)
  return body
}

/**
 * The query as an object; a parameter given twice becomes a list, which no schema takes.
 *
 * Next appends the path's variables to an edge route's URL, and any that the client names as
 * `nxtP…`: names of variables are left out, here and on every other host.
 */
function queryOf(request: Request): Record<string, string | string[]> {
  // Without a prototype: `__proto__` is a name like any other.
  const query: Record<string, string | string[]> = Object.create(null)
  if (!request.url.includes('?')) return query
  for (const [name, value] of new URL(request.url).searchParams) {
    if (PATH_VARIABLES.has(name) || /^nxt[PI]/.test(name)) continue
    const earlier = query[name]
    if (Array.isArray(earlier)) earlier.push(value)
    else query[name] = earlier === undefined ? value : [earlier, value]
  }
  return query
}
