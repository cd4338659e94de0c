import type { Store } from './client/store.ts'
import { keys } from './keys.ts'
import { TOKEN_TTL_MS, type TokenKind } from './link-lifetimes.ts'
import { ISSUE_TOKEN } from './scripts/one-time.ts'

/**
 * Issues a one-time token for an address that can use one. See {@link ISSUE_TOKEN}.
 *
 * @returns `issued` for a link that sets a password, `pending` for one that confirms a registration.
 */
export async function issueToken(
  store: Store,
  { userId, kind, tokenHash }: { userId: string; kind: TokenKind; tokenHash: string },
): Promise<'issued' | 'pending' | 'refused'> {
  const { status } = await store.write(
    ISSUE_TOKEN,
    {
      userKey: keys.user(userId),
      onceKey: keys.once(tokenHash),
      registrationKey: keys.registration(tokenHash),
      registrationsKey: keys.registrationsOf(userId),
    },
    {
      address: userId,
      kind,
      tokenHash,
      ttl: TOKEN_TTL_MS[kind],
      registrationTtl: TOKEN_TTL_MS.verify,
    },
  )
  return status
}
