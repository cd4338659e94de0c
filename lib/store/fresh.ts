import type { Store } from './client/store.ts'
import { keys } from './keys.ts'
import type { Holder } from './liveness.ts'
import { FRESHEN_SESSION } from './scripts/fresh.ts'

/** Makes the sign-in of a session fresh. See {@link FRESHEN_SESSION}. @returns Whether it is live. */
export async function freshenSession(
  store: Store,
  { sessionId, accountId, userId }: Holder,
): Promise<boolean> {
  const touched = { sessionKey: keys.session(sessionId), userKey: keys.user(userId) }
  return (await store.write(FRESHEN_SESSION, touched, { accountId })).status === 'done'
}
