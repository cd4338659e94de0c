import type { JWK } from 'jose'
import { ok, type Result } from '../errors.ts'
import type { AuthDeps } from './types.ts'

/**
 * The public keys that verify access tokens (RFC 7517 §5); none while a secret signs them.
 */
export async function jwks(_call: unknown, deps: AuthDeps): Promise<Result<{ keys: JWK[] }>> {
  const [{ publicJwk }] = await deps.accessKeys()
  return ok({ keys: publicJwk === undefined ? [] : [publicJwk] })
}

export const jwksCase = { run: jwks }
