import { ok } from '../../contract/problems.ts'
import { defineOperation } from '../../operation.ts'
import type { AuthDeps } from '../types.ts'

/**
 * The public keys that verify access tokens (RFC 7517 §5), the one that signs first; none where
 * secrets alone ever signed.
 */
export const jwks = defineOperation('jwks', {
  summary: 'The public keys that verify access tokens',
  problems: [],
  answer: 'Jwks',
  run: async (_call, deps: AuthDeps) => {
    const keyring = await deps.accessKeys()
    return ok({ keys: keyring.flatMap(({ publicJwk }) => publicJwk ?? []) })
  },
})
