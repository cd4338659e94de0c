import { type Failure, fail, ok, type Result } from '../../contract/problems.ts'
import { sameText } from '../../same-text.ts'
import type { Answer } from './exchange.ts'
import type { Flow } from './flow.ts'
import type { Provider } from './provider.ts'

/** The query of a callback, as it was sent: a parameter that came twice is a list. */
export type CallbackQuery = Readonly<Record<string, string | string[] | undefined>>

/**
 * Whether an answer belongs to the sign-in that this browser began, with this provider.
 *
 * @param flow What the browser's cookie says; undefined where it says nothing.
 * @see [RFC 9700 §4.7](https://www.rfc-editor.org/rfc/rfc9700.html#section-4.7), §4.4
 */
export function judgeFlow(
  query: CallbackQuery,
  flow: Flow | undefined,
  { id }: Provider,
): Result<Flow, 'oauth-failed'> {
  if (flow === undefined) {
    const detail =
      'The state belongs to no sign-in of this browser, or it took longer than 10 minutes: begin anew.'
    return fail('oauth-failed', 'no flow', { detail })
  }
  if (flow.provider !== id) {
    const detail = 'The state belongs to a sign-in with another provider: begin anew.'
    return fail('oauth-failed', 'another provider', { detail })
  }
  const { state } = query
  if (typeof state !== 'string' || !sameText(state, flow.state)) {
    const detail =
      'The state is not the one of the sign-in that this browser began last: begin anew.'
    return fail('oauth-failed', 'state', { detail })
  }
  return ok(flow)
}

/**
 * Reads an answer that belongs to a sign-in: it is of the issuer that was asked, and has a code.
 *
 * @param issuers How the provider may call itself.
 * @param promised Whether it says that it does so in every answer.
 * @see [RFC 9207 §2.4](https://www.rfc-editor.org/rfc/rfc9207.html#section-2.4),
 *   [RFC 6749 §4.1.2](https://www.rfc-editor.org/rfc/rfc6749.html#section-4.1.2)
 */
export function judgeAnswer(
  query: CallbackQuery,
  { state }: Flow,
  { name }: Provider,
  { issuers, promised }: { issuers: readonly string[]; promised: boolean },
): Result<Answer, 'oauth-failed'> {
  const { iss, error, code } = query
  const isOwn = iss === undefined ? !promised : typeof iss === 'string' && issuers.includes(iss)
  if (!isOwn) {
    const detail = `The answer names another issuer than ${name}, or none: begin anew.`
    return fail('oauth-failed', 'issuer', { detail })
  }
  if (error !== undefined) return refusal(error, name)
  if (typeof code !== 'string' || code === '') {
    const detail = `The answer of ${name} has no code: begin anew.`
    return fail('oauth-failed', 'no code', { detail })
  }
  return ok({ code, state, issuer: iss === undefined ? undefined : String(iss) })
}

/** Words of RFC 6749 §4.1.2.1 and of OpenID Connect Core 1.0 §3.1.2.6: anything else is not repeated. */
const ERROR = /^[a-z][a-z_]{0,39}$/

function refusal(error: string | string[], name: string): Failure<'oauth-failed'> {
  const word = typeof error === 'string' && ERROR.test(error) ? error : 'an error'
  const detail =
    word === 'access_denied'
      ? `${name} was told not to let you in here (access_denied).`
      : `${name} refused the sign-in: ${word}.`
  return fail('oauth-failed', `refused: ${word}`, { detail })
}
