import { ProviderMemory } from '../auth/identities/provider-memory.ts'
import type { ProviderDeps as ProviderNeeds } from '../auth/identities/types.ts'
import { createSecretBox } from '../auth/totp/secret-box.ts'
import type { AuthDeps, MailDeps } from '../auth/types.ts'
import { createFlowCookie } from '../http/credentials/flow-cookie.ts'
import { once } from '../once.ts'
import { env } from '../settings/settings.ts'
import type { Settings } from '../settings/types.ts'
import { createDeps, type Deps } from './base.ts'
import { ask, mailParts } from './mail.ts'

/** What an endpoint around providers needs. */
export type ProviderDeps = Deps & ProviderNeeds

/** What it needs besides the rest. */
export function providerParts(
  settings: Settings,
  now: () => number,
): Omit<ProviderNeeds, keyof AuthDeps | keyof MailDeps> {
  const { origin, providers, linking, refreshSecrets } = settings
  return {
    providers,
    linking,
    ask,
    providerMemory: new ProviderMemory(now),
    flowBox: createSecretBox('oauth-flow', refreshSecrets, randomBytes),
    flowCookie: createFlowCookie(origin),
  }
}

/** The dependencies of this isolate, made at its first request. */
export const providerDeps: () => ProviderDeps = /* @__PURE__ */ once(() => {
  const settings = env()
  return { ...createDeps(settings), ...mailParts(settings), ...providerParts(settings, Date.now) }
})

function randomBytes(length: number): Uint8Array<ArrayBuffer> {
  return crypto.getRandomValues(new Uint8Array(length))
}
