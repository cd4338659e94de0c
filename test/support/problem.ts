import { expect as base, type Expect, type MatcherReturnType } from '@playwright/test'
import { PROBLEMS, type ProblemCode } from '../../lib/contract/problems.ts'
import { type Answer, read } from './api.ts'

/** What a problem has to say besides what all say; `expect.stringContaining` and its like go, too. */
interface Members {
  detail?: unknown
  /** All of them, in their order. Of each as much as is written here. */
  errors?: readonly { pointer?: unknown; message?: unknown }[]
  instance?: unknown
}

interface Outcome extends MatcherReturnType {
  expected: string
}

/** Awaited for a `Response`, whose body has to be read; an {@link Answer} is judged at once. */
type ExpectResponse = (
  actual: Response,
  message?: string,
) => ReturnType<typeof base<Response>> & {
  toBeProblem(slug: ProblemCode, members?: Members): Promise<void>
}

interface Matchers extends Record<string, (answer: never, ...args: never[]) => Outcome> {
  toBeProblem: (answer: Answer | undefined, slug: ProblemCode, members?: Members) => Outcome
}

/**
 * The statuses of the contract, written a second time: a row that is changed by mistake must not change
 * what the tests expect. A problem that is not here is held to its row.
 */
const STATUSES: Partial<Record<ProblemCode, number>> = {
  'invalid-request': 400,
  'authentication-required': 401,
  'invalid-token': 401,
  'invalid-credentials': 401,
  'second-factor-required': 401,
  'fresh-signin-required': 401,
  'invalid-refresh-token': 401,
  'insufficient-scope': 403,
  'csrf-failed': 403,
  blocked: 403,
  'not-found': 404,
  'method-not-allowed': 405,
  conflict: 409,
  'precondition-failed': 412,
  'payload-too-large': 413,
  'unsupported-media-type': 415,
  'validation-error': 422,
  'quota-exceeded': 429,
  'header-too-large': 431,
  'internal-error': 500,
  'service-unavailable': 503,
}

const MEMBERS = ['type', 'title', 'status', 'detail', 'instance', 'requestId', 'errors']

/** What a failing assertion prints of the head of an answer. */
const TELLING_HEADERS =
  /^(allow|cache-control|content-type|location|ratelimit|ratelimit-policy|retry-after|server-timing|www-authenticate|x-content-type-options|x-powered-by|x-request-id)$/

/**
 * Playwright's `expect`, and `toBeProblem`: whether an answer is the problem document of this slug, with
 * what every one must have. `await` it for a `Response`; the body stays unread for others.
 */
// The one name judges an answer at once and a response later, which the types of matchers cannot say.
export const expect = base.extend({ toBeProblem }) as unknown as ExpectResponse & Expect<Matchers>

function toBeProblem(
  this: { isNot: boolean },
  actual: Answer | Response | undefined,
  slug: ProblemCode,
  members: Members = {},
): Outcome | Promise<Outcome> {
  // It would pass for the wrong reason: another status, a missing header.
  if (this.isNot) throw new TypeError('toBeProblem has no `not`: say what the answer is instead.')
  if (!(actual instanceof Response)) return judge(actual, slug, members)
  return read(actual.clone()).then((answer) => judge(answer, slug, members))
}

function judge(answer: Answer | undefined, slug: ProblemCode, members: Members): Outcome {
  const expected = `problem ${slug}`
  if (answer === undefined) {
    return { pass: false, expected, message: () => `Expected ${expected}, and there is no answer.` }
  }
  const faults = [...faultsOf(answer, slug), ...faultsOfMembers(answer, members)]
  return {
    pass: faults.length === 0,
    expected,
    actual: shown(answer),
    message: () =>
      `Expected ${expected}:\n${faults.map((fault) => `  ${fault}\n`).join('')}\n${shown(answer)}`,
  }
}

/** What every problem document must be, and this one is not. */
function faultsOf({ status, headers, type, body }: Answer, slug: ProblemCode): string[] {
  const faults: string[] = []
  const must = (holds: boolean, fault: string): void => {
    if (!holds) faults.push(fault)
  }
  const wanted = STATUSES[slug] ?? PROBLEMS[slug].status
  must(status === wanted, `its status is ${status}, not ${wanted}`)
  must(/^application\/problem\+json(;|$)/.test(type), 'its type is not application/problem+json')
  must(headers.get('cache-control') === 'no-store', 'it may be kept: it is not no-store')
  must(headers.get('x-content-type-options') === 'nosniff', 'it may be sniffed')
  must(headers.get('x-powered-by') === null, 'it says what it is made with')
  must(
    /^redis;dur=[\d.]+;desc="\d+ trips, \d+ commands"$/.test(headers.get('server-timing') ?? ''),
    'its Server-Timing is none, or not one',
  )
  must(typeof body?.requestId === 'string', 'its body has no requestId')
  must(headers.get('x-request-id') === body?.requestId, 'X-Request-Id is not its requestId')
  must(body?.type === `/problems/${slug}`, `its problem is ${body?.type}`)
  must(body?.status === wanted, `the status in its body is ${body?.status}`)
  must(typeof body?.title === 'string', 'it has no title')
  must(typeof body?.instance === 'string', 'it has no instance')
  const strange = Object.keys(body ?? {}).filter((name) => !MEMBERS.includes(name))
  must(strange.length === 0, `its members ${strange.join()} are in no contract`)
  must((body?.errors ?? []).every(isFault), 'its errors are not of a pointer and a message each')
  must(status !== 401 || headers.has('www-authenticate'), 'a 401 without a challenge')
  must(status !== 405 || headers.has('allow'), 'a 405 without Allow')
  const waits = status === 429 || status === 503
  must(!waits || /^\d+$/.test(headers.get('retry-after') ?? ''), 'it does not say when to retry')
  return faults
}

function isFault(fault: object): boolean {
  const members = Object.entries(fault).map(([name, value]) => `${name}: ${typeof value}`)
  return members.sort().join() === 'message: string,pointer: string'
}

function faultsOfMembers({ body }: Answer, members: Members): string[] {
  try {
    base(body ?? {}).toMatchObject({ ...members })
    return []
  } catch (error) {
    return [`its members are others: ${error instanceof Error ? error.message : String(error)}`]
  }
}

/** An answer as a person reads it: status, the headers that tell something, body. */
function shown({ status, headers, text }: Answer): string {
  const telling = [...headers].filter(([name]) => TELLING_HEADERS.test(name))
  return [`${status}`, ...telling.map(([name, value]) => `${name}: ${value}`), '', text].join('\n')
}
