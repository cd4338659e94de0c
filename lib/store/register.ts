import type { Store } from './client/store.ts'
import { keys } from './keys.ts'
import { TOKEN_TTL_MS } from './link-lifetimes.ts'
import { REGISTER } from './scripts/register.ts'

/** Keeps a registration until its link is followed. See {@link REGISTER}. */
export async function keepRegistration(
  store: Store,
  { userId, hash, tokenHash }: { userId: string; hash: string; tokenHash: string },
): Promise<'registered' | 'exists' | 'refused'> {
  const { status } = await store.write(
    REGISTER,
    {
      userKey: keys.user(userId),
      registrationKey: keys.registration(tokenHash),
      registrationsKey: keys.registrationsOf(userId),
    },
    { address: userId, passwordHash: hash, tokenHash, ttl: TOKEN_TTL_MS.verify },
  )
  return status
}
