import type { InputFault, ProblemCode } from '../contract/problems.ts'

/** A failure that the API has named (RFC 9457), or an answer of 400 and up from something in front of it. */
export class UsherProblem extends Error {
  override readonly name = 'UsherProblem'
  readonly status: number
  /** Undefined when the answer is not one of the API's problem documents. */
  readonly code: ProblemCode | undefined
  readonly detail: string | undefined
  readonly errors: readonly InputFault[]
  readonly requestId: string | undefined
  /** How long to wait, if the answer says so. */
  readonly retryAfterSeconds: number | undefined

  /** @param body Whatever JSON came with it; undefined for none. */
  constructor(status: number, body: unknown, retryAfterSeconds?: number) {
    const problem = isRecord(body) ? body : {}
    super(textOf(problem['title']) ?? `The API answered ${status}`)
    this.status = status
    const [, slug] = /^\/problems\/([a-z-]+)$/.exec(textOf(problem['type']) ?? '') ?? []
    // An API that is newer than this client may have more of them.
    this.code = slug as ProblemCode | undefined
    this.detail = textOf(problem['detail'])
    this.errors = Array.isArray(problem['errors']) ? problem['errors'].filter(isFault) : []
    this.requestId = textOf(problem['requestId'])
    this.retryAfterSeconds = retryAfterSeconds
  }
}

/** The password was right, and the account wants a code with it: sign in again with one. */
export class SecondFactorRequired extends UsherProblem {}

/**
 * An answer below 400 that is not what the API sends: a login page, a proxy's page, half a body.
 * Nothing is known of what was asked for.
 */
export class UnexpectedAnswer extends Error {
  override readonly name = 'UnexpectedAnswer'
  readonly status: number

  constructor(status: number) {
    super(
      `The answer (${status}) is not one of this API: is the address right, or a proxy between?`,
    )
    this.status = status
  }
}

/**
 * Reads a body of JSON.
 *
 * @param fits Whether it is what was asked for.
 * @throws UnexpectedAnswer for anything else; what `fetch` throws when the connection breaks.
 */
export async function bodyOf<body>(
  response: Response,
  fits: (answer: unknown) => answer is body,
): Promise<body> {
  const answer = parse(await response.text())
  if (fits(answer)) return answer
  throw new UnexpectedAnswer(response.status)
}

/** @throws UnexpectedAnswer where the API would answer 204. */
export function nothingOf({ status }: Response): void {
  if (status !== 204) throw new UnexpectedAnswer(status)
}

/** The problem behind an answer of 400 and up, whoever has sent it. */
export async function problemOf(response: Response): Promise<UsherProblem> {
  const body = parse(await response.text().catch(() => ''))
  const wait = retryAfterSeconds(response.headers, Date.now())
  const problem = new UsherProblem(response.status, body, wait)
  return problem.code === 'second-factor-required'
    ? new SecondFactorRequired(response.status, body, wait)
    : problem
}

/**
 * The wait that an answer asks for: seconds, or a date, which is counted from the server's own clock
 * where the answer shows it.
 *
 * @returns Undefined when it asks for none, or in a way that cannot be read.
 * @see RFC 9110 §10.2.3 and §5.6.7
 */
export function retryAfterSeconds(headers: Headers, nowMs: number): number | undefined {
  const text = headers.get('retry-after')?.trim() ?? ''
  if (/^\d+$/.test(text)) return Number(text)
  const at = dateOf(text)
  const now = dateOf(headers.get('date') ?? '') ?? nowMs
  return at === undefined ? undefined : Math.max(0, Math.ceil((at - now) / 1_000))
}

/** An HTTP date in epoch milliseconds: it begins with a weekday and is in GMT, said or not. */
function dateOf(text: string): number | undefined {
  if (!/^[A-Z][a-z]{2}/.test(text)) return undefined
  const time = Date.parse(text.endsWith('GMT') ? text : `${text} GMT`)
  return Number.isNaN(time) ? undefined : time
}

function parse(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    return undefined
  }
}

/** Whether a value has members to look at. */
export function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null
}

function isFault(value: unknown): value is InputFault {
  const { pointer, message } = isRecord(value) ? value : {}
  return typeof pointer === 'string' && typeof message === 'string'
}

function textOf(value: unknown): string | undefined {
  return typeof value === 'string' ? value : undefined
}
