import { once } from '../once.ts'
import { env } from '../settings/settings.ts'
import { type AccountDeps, accountDeps } from './account.ts'
import { usageParts } from './usage.ts'

/** What an endpoint around passwords needs of operations that count for the account that asks. */
export const countedAccountDeps: () => AccountDeps = /* @__PURE__ */ once(() => ({
  ...accountDeps(),
  ...usageParts(env(), Date.now),
}))
