import type { Operation } from '../contract/operations.ts'
import { type Failure, fail, type Success } from '../contract/problems.ts'
import { namesStrongly, namesWeakly } from '../entity-tags.ts'
import { sha256 } from '../hash.ts'
import { json, jsonText } from './problem.ts'

/**
 * Writes the answer of a use case that went well. For a read it also judges `If-None-Match` and `If-Match`,
 * because the entity tag is known here: 304 if the client has this version, a failure if it wants another.
 *
 * @param asked The request's header fields.
 * @see [RFC 9110 §13.2.2](https://www.rfc-editor.org/rfc/rfc9110.html#section-13.2.2)
 */
export async function success(
  row: Operation,
  { value, status = row.status, headers = {} }: Success<unknown>,
  asked: Headers,
): Promise<Response | Failure<'precondition-failed'>> {
  const { mediaType } = row
  const written = mediaType === undefined ? JSON.stringify(value) : String(value)
  const body = value === undefined ? undefined : written
  // Of a list the tag is of the answer itself: it says whether anything on the page has changed.
  const tag =
    row.action === 'list' && body !== undefined ? `"${await sha256(body)}"` : headers['ETag']
  const judged = row.method === 'GET' && tag !== undefined
  const ifMatch = judged ? asked.get('if-match') : null
  if (ifMatch !== null && !namesStrongly(ifMatch, tag)) {
    return fail('precondition-failed', 'If-Match')
  }
  const ifNoneMatch = judged ? asked.get('if-none-match') : null
  const isKnown = ifNoneMatch !== null && namesWeakly(ifNoneMatch, tag)

  const response = isKnown ? json(304, undefined) : jsonText(status, body, mediaType)
  for (const [name, text] of Object.entries(headers)) response.headers.set(name, text)
  if (tag !== undefined) response.headers.set('ETag', tag)
  // Shared caches may keep only answers to requests without a credential.
  if (hasCredential(asked)) response.headers.set('Cache-Control', 'no-store')
  if (row.cacheSeconds !== undefined) {
    response.headers.set('Cache-Control', `public, max-age=${row.cacheSeconds}`)
  }
  return response
}

function hasCredential(headers: Headers): boolean {
  return ['authorization', 'x-api-key', 'cookie'].some((name) => headers.has(name))
}
