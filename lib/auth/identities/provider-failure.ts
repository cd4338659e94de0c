import {
  AuthorizationResponseError,
  JWT_CLAIM_COMPARISON,
  JWT_TIMESTAMP_CHECK,
  KEY_SELECTION,
  OperationProcessingError,
  ResponseBodyError,
  UnsupportedOperationError,
  WWWAuthenticateChallengeError,
} from 'oauth4webapi'
import { type Failure, fail, ok, type Result } from '../../contract/problems.ts'
import type { Provider } from './provider.ts'
import { ProviderFault } from './provider-http.ts'

/** What was asked of a provider when it failed. */
export type Step = 'metadata' | 'code' | 'signature' | 'person'

const NAMED: Readonly<Record<string, string>> = {
  nonce: 'its nonce is not the one that was sent',
  aud: 'it is for another client',
  azp: 'it is for another client',
  iss: 'it is of another issuer',
}

/**
 * What a client is told when a provider was away, refused, or answered what does not hold. The log gets
 * the step and the library's own word; neither gets what the provider wrote.
 */
function providerFailure(
  error: unknown,
  { id, name }: Provider,
  step: Step,
): Failure<'oauth-failed' | 'service-unavailable'> {
  if (error instanceof ProviderFault && error.kind === 'away') {
    const detail = `${name} does not answer now: try again in a moment.`
    return fail('service-unavailable', `${id} ${step}: ${error.message}`, { detail })
  }
  const word = error instanceof Error ? wordOf(error) : 'unknown'
  return fail('oauth-failed', `${id} ${step}: ${word}`, { detail: detailOf(error, name, step) })
}

/** Does a step that may fail as providers fail. */
export async function attempt<value>(
  provider: Provider,
  step: Step,
  work: () => Promise<value>,
): Promise<Result<value, 'oauth-failed' | 'service-unavailable'>> {
  try {
    return ok(await work())
  } catch (error) {
    return providerFailure(error, provider, step)
  }
}

/** Never a message of the library: it may hold values. */
function wordOf(error: Error): string {
  if (error instanceof ProviderFault) return error.message
  return 'code' in error && typeof error.code === 'string' ? error.code : error.name
}

function detailOf(error: unknown, name: string, step: Step): string {
  switch (step) {
    case 'metadata':
      return `What ${name} publishes of itself does not hold.`
    case 'signature':
      return `The ID token of ${name} does not hold: ${signatureFault(error)}.`
    case 'person':
      return `What ${name} says of the person does not hold.`
    case 'code':
      if (isRefusal(error)) return `${name} refused the code.`
      return tokenFault(error) === undefined
        ? `The answer of ${name} to the code does not hold.`
        : `The ID token of ${name} does not hold: ${tokenFault(error)}.`
  }
}

function isRefusal(error: unknown): boolean {
  return (
    error instanceof ResponseBodyError ||
    error instanceof WWWAuthenticateChallengeError ||
    error instanceof AuthorizationResponseError
  )
}

function tokenFault(error: unknown): string | undefined {
  if (error instanceof UnsupportedOperationError) return 'it is signed in a way that is not taken'
  if (!(error instanceof OperationProcessingError)) return undefined
  if (error.code === JWT_TIMESTAMP_CHECK) return 'it is over, or not good yet'
  if (error.code !== JWT_CLAIM_COMPARISON) return undefined
  const { cause } = error
  const claim = typeof cause === 'object' && cause !== null && 'claim' in cause ? cause.claim : ''
  return NAMED[String(claim)]
}

function signatureFault(error: unknown): string {
  if (error instanceof UnsupportedOperationError) return 'it is signed in a way that is not taken'
  const isUnknown = error instanceof OperationProcessingError && error.code === KEY_SELECTION
  return isUnknown ? 'its key is not among those that are published' : 'its signature'
}
