import { once } from '../once.ts'
import { env } from '../settings/settings.ts'
import { type AccountDeps, accountParts } from './account.ts'
import { createDeps } from './base.ts'
import { mailParts } from './mail.ts'
import { type RemovalDeps, removalParts } from './removal.ts'

/** What the endpoints of one's own account need: it may be deleted, with the password. */
export const profileDeps: () => AccountDeps & RemovalDeps = /* @__PURE__ */ once(() => {
  const settings = env()
  return {
    ...createDeps(settings),
    ...mailParts(settings),
    ...accountParts(settings, Date.now),
    ...removalParts(),
  }
})
