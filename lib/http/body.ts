import type { Operation } from '../contract/operations.ts'
import { type Failure, fail, ok, type Result } from '../contract/problems.ts'

/** The largest body anywhere, in bytes. The start server stops reading here too. */
export const LARGEST_BODY_BYTES = 64 * 1_024

/**
 * `application/json`, with or without parameters (RFC 8259 §11); for `PATCH` also as a merge patch
 * (RFC 7396 §4); nothing, where that will do.
 */
export function takesMediaType({ body, method }: Operation, headers: Headers): boolean {
  if (body === 'none' || body === 'any') return true
  const type = headers.get('content-type')
  if (type === null) return body === 'optional'
  const accepted = method === 'PATCH' ? /^application\/(merge-patch\+)?json\s*(;|$)/i : JSON_TYPE
  return accepted.test(type)
}

const JSON_TYPE = /^application\/json\s*(;|$)/i

/**
 * The failure of a compressed body. The endpoint answers it, and not the gate: Next removes
 * `Accept-Encoding` from answers of the middleware.
 *
 * @see [RFC 9110 §12.5.3](https://www.rfc-editor.org/rfc/rfc9110.html#section-12.5.3), by which a
 *   fault of another kind may not be answered with that field
 */
export function encodingFault(headers: Headers): Failure<'unsupported-media-type'> | undefined {
  const encoding = headers.get('content-encoding')
  if (encoding === null || /^\s*(identity)?\s*$/i.test(encoding)) return undefined
  return fail('unsupported-media-type', 'Content-Encoding', {
    detail: 'Send the body as it is, without a Content-Encoding.',
    headers: { 'Accept-Encoding': 'identity' },
  })
}

/** Whether `Content-Length` alone already says that the body is too large. */
export function declaresTooLarge(headers: Headers): boolean {
  return Number(headers.get('content-length') ?? 0) > LARGEST_BODY_BYTES
}

/**
 * Reads a body whose syntax the use case judges; '' where it is not UTF-8, which is no JSON either.
 */
export async function readText(request: Request): Promise<Result<string, 'payload-too-large'>> {
  const bytes = await readBytes(request)
  if (bytes === undefined) return fail('payload-too-large', 'counted on the stream')
  try {
    return ok(new TextDecoder('utf-8', { fatal: true }).decode(bytes))
  } catch {
    return ok('')
  }
}

/**
 * Reads a JSON body and counts the bytes as they come, because `Content-Length` may be absent or wrong.
 */
export async function readJson(
  request: Request,
): Promise<Result<unknown, 'payload-too-large' | 'invalid-request'>> {
  const text = await readText(request)
  if (!text.ok) return text
  try {
    return ok(JSON.parse(text.value))
  } catch {
    return fail('invalid-request', 'not JSON', { detail: 'The body is not JSON in UTF-8.' })
  }
}

async function readBytes(request: Request): Promise<Uint8Array | undefined> {
  if (request.body === null) return new Uint8Array()
  const reader = request.body.getReader()
  const chunks: Uint8Array[] = []
  let length = 0
  for (;;) {
    const { done, value } = await reader.read()
    if (done) break
    length += value.byteLength
    if (length > LARGEST_BODY_BYTES) {
      await reader.cancel().catch(() => undefined)
      return undefined
    }
    chunks.push(value)
  }
  const bytes = new Uint8Array(length)
  let offset = 0
  for (const chunk of chunks) {
    bytes.set(chunk, offset)
    offset += chunk.byteLength
  }
  return bytes
}
