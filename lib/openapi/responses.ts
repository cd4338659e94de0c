import type { Collection } from '../collections/define.ts'
import type { Access } from '../contract/access.ts'
import type { Operation } from '../contract/operations.ts'
import { PROBLEMS, type ProblemCode } from '../contract/problems.ts'
import type { AnyOperation } from '../operation.ts'
import { referencesIn } from './bodies.ts'
import { listOf, nameOf, ref, type Schema } from './schemas.ts'

/** The headers of answers. */
export const HEADERS: Record<string, Schema> = Object.fromEntries(
  (
    [
      ['Access-Control-Allow-Origin', 'The origin of the page that asked, if it is on the list.'],
      ['X-Request-Id', 'Names the request; the log has it.'],
      ['Usher-Sync', 'Of a write: send it along, and later reads see what was written.'],
      ['Server-Timing', 'Round trips to the store that were waited for.'],
      ['RateLimit-Policy', 'The quotas that apply: `q` requests in `w` seconds.'],
      ['RateLimit', 'What is left: `r` requests, for `t` seconds.'],
      ['Retry-After', 'Seconds to wait.'],
      ['Accept-Encoding', 'Which content codings a body may have, where that is the fault.'],
      ['Allow', 'The methods of the path.'],
      ['ETag', 'The version of the item or of the page.'],
      ['Location', 'Where the new item is, or where the browser goes.'],
      ['WWW-Authenticate', 'The challenge (RFC 6750 §3).'],
    ] as const
  ).map(([name, description]) => [name, { description, schema: { type: 'string' } }]),
)

function headers(...names: string[]): Schema {
  const all = [
    'Access-Control-Allow-Origin',
    'X-Request-Id',
    'Server-Timing',
    'RateLimit-Policy',
    'RateLimit',
    ...names,
  ]
  return Object.fromEntries(all.map((name) => [name, { $ref: `#/components/headers/${name}` }]))
}

/** What an operation answers: what went well, and every problem that it can end with. */
export function responsesOf(
  operation: AnyOperation,
  collection: Collection | undefined,
  access: Access,
): Record<string, Schema> {
  const { row } = operation
  const responses: Record<string, Schema> = {}
  const answer = answerOf(operation, collection)
  const hasVersion = row.action !== undefined && row.action !== 'batch' && row.status !== 204
  const kept = hasVersion ? ['ETag'] : []
  if (row.method !== 'GET') kept.push('Usher-Sync')
  const type = row.mediaType ?? 'application/json'
  const content = answer === undefined ? {} : { content: { [type]: { schema: answer } } }
  const success = (status: number, ...more: string[]): void => {
    const description = operation.summary
    responses[status] = { description, headers: headers(...kept, ...more), ...content }
  }
  success(row.status, ...(row.status === 201 || row.status === 303 ? ['Location'] : []))
  if (row.action === 'replace') success(201, 'Location')
  if (collection !== undefined && row.method === 'GET') {
    responses['304'] = { description: 'Still the same.', headers: headers('ETag') }
  }
  const codes = problemsOf(operation, access)
  for (const status of [...new Set(codes.map((code) => PROBLEMS[code].status))].sort()) {
    responses[status] = { $ref: `#/components/responses/${status}` }
  }
  return responses
}

/** Every problem that an operation can end with, in the order of the catalogue. */
export function problemsOf(operation: AnyOperation, access: Access): ProblemCode[] {
  const codes = new Set<string>([...operation.problems, ...commonProblems(operation.row, access)])
  return (Object.keys(PROBLEMS) as ProblemCode[]).filter((code) => codes.has(code))
}

function answerOf(
  { row: { action }, answer }: AnyOperation,
  collection: Collection | undefined,
): Schema | undefined {
  if (collection === undefined) {
    if (answer === undefined) return undefined
    return typeof answer === 'string' ? ref(answer) : listOf(ref(answer[0]))
  }
  const name = nameOf(collection)
  if (action === 'delete') return undefined
  if (action === 'batch') return ref(`${name}BatchResults`)
  // With `fields` an answer has fewer of them.
  const includes = referencesIn(collection).length > 0
  if (action === 'get') return ref(`${name}${includes ? 'Answer' : 'View'}`)
  if (action !== 'list') return ref(name)
  const count = { type: 'integer', minimum: 0, description: 'With `count=exact`.' }
  return listOf(ref(`${name}View`), {
    count,
    ...(includes ? { included: ref(`${name}Included`) } : {}),
  })
}

/** What an operation can answer besides its row. */
function commonProblems(row: Operation, access: Access): ProblemCode[] {
  return [
    'invalid-request',
    'internal-error',
    'service-unavailable',
    'header-too-large',
    ...(row.quota === 'none' ? [] : (['quota-exceeded', 'blocked'] as const)),
    ...(access === 'public'
      ? []
      : (['authentication-required', 'invalid-token', 'insufficient-scope'] as const)),
    ...(row.ownPages || (access !== 'public' && row.method !== 'GET')
      ? (['csrf-failed'] as const)
      : []),
    ...(row.path.includes('{') ? (['not-found'] as const) : []),
    ...(row.body === 'none' ? [] : (['payload-too-large', 'unsupported-media-type'] as const)),
    'validation-error',
    ...(row.path.includes('{id}') ? [] : (['method-not-allowed'] as const)),
  ]
}

/** The problems by status, each with an example. */
export function problemResponses(): Record<string, Schema> {
  const byStatus = new Map<number, ProblemCode[]>()
  for (const [code, { status }] of Object.entries(PROBLEMS) as [
    ProblemCode,
    { status: number },
  ][]) {
    byStatus.set(status, [...(byStatus.get(status) ?? []), code])
  }
  return Object.fromEntries(
    [...byStatus].map(([status, codes]) => {
      const [first] = codes
      const example = {
        type: `/problems/${first}`,
        title: first === undefined ? '' : PROBLEMS[first].title,
        status,
        instance: '/api/profile',
        requestId: 'b9a37f47-aa0f-4236-9839-25cf68e76265',
      }
      const more = [
        ...(status === 401 ? ['WWW-Authenticate'] : []),
        ...(status === 405 ? ['Allow'] : []),
        ...(status === 415 ? ['Accept-Encoding'] : []),
        ...(status === 429 || status === 503 ? ['Retry-After'] : []),
      ]
      const description = codes.map((code) => `\`${code}\`: ${PROBLEMS[code].title}.`).join(' ')
      const content = { 'application/problem+json': { schema: ref('Problem'), example } }
      return [status, { description, headers: headers(...more), content }]
    }),
  )
}
