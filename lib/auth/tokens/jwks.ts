import type { JWK } from 'jose'
import { ok, type Result } from '../../contract/problems.ts'
import type { AuthDeps } from '../types.ts'

/**
 * The public keys that verify access tokens (RFC 7517 §5), the one that signs first; none where
 * secrets alone ever signed.
 */
export async function jwks(_call: unknown, deps: AuthDeps): Promise<Result<{ keys: JWK[] }>> {
  const keyring = await deps.accessKeys()
  return ok({ keys: keyring.flatMap(({ publicJwk }) => publicJwk ?? []) })
}

export const jwksCase = { run: jwks }
