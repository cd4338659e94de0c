import * as z from 'zod/mini'
import { type AccessCode, fail, ok, type Result } from '../../contract/problems.ts'
import { defineOperation } from '../../operation.ts'
import { LiveAccess } from '../sessions/liveness.ts'
import { rotate } from '../sessions/rotate.ts'
import type { AuthCall } from '../types.ts'
import { sealFlow } from './flow.ts'
import { localPath } from './local-path.ts'
import { attempt } from './provider-failure.ts'
import { reachOf } from './reach.ts'
import { authorizationUrl, callbackOf, serverOf } from './server.ts'
import type { ProviderDeps } from './types.ts'

/** `link=1` joins the provider's identity to the account of the browser's session. */
export const startOAuthInput = z.strictObject({
  returnTo: z.optional(z.string()),
  link: z.optional(z.literal('1')),
})

const DEFAULT_PATH = '/account'

/**
 * Sends a browser to a provider, with a code challenge, a state and a nonce. What the answer will be compared
 * with goes into one encrypted cookie: the store is not asked.
 *
 * @returns 303; `not-found` for a provider that is not set up; `validation-error` for a `returnTo` that is no
 *   path of this origin; with `link` `csrf-failed` for a page of another origin, and 401 without a session;
 *   `service-unavailable` when the provider is away, `oauth-failed` when what it publishes does not hold.
 * @see [RFC 9700 §2.1](https://www.rfc-editor.org/rfc/rfc9700.html#section-2.1)
 */
export const startOAuth = defineOperation('startOAuth', {
  summary: 'Sign in with a provider: sends the browser there',
  input: startOAuthInput,
  problems: [
    ...(['not-found', 'validation-error', 'authentication-required', 'csrf-failed'] as const),
    ...(['oauth-failed', 'service-unavailable'] as const),
  ],
  run: async (call, deps: ProviderDeps) => {
    const provider = deps.providers.find(({ id }) => id === call.provider)
    if (provider === undefined) return fail('not-found', 'no such provider')
    const returnTo = localPath(call.input.returnTo ?? DEFAULT_PATH, deps.origin)
    if (returnTo === undefined) {
      const message = 'is not a path of this origin, such as /account'
      const errors = [{ pointer: '#/returnTo', message }]
      return fail('validation-error', 'returnTo', { errors })
    }
    const session = call.input.link === undefined ? ok(undefined) : await ownSession(call, deps)
    if (!session.ok) return session

    const reach = reachOf(deps.ask, deps.providerMemory)
    const [state, nonce, verifier] = [deps.randomToken(), deps.randomToken(), deps.randomToken()]
    const challenge = await deps.tokenHash(verifier)
    const redirectUri = callbackOf(provider, deps.origin)
    const url = await attempt(provider, 'metadata', async () => {
      const server = await serverOf(provider, reach)
      return authorizationUrl(provider, server, { state, nonce, challenge, redirectUri })
    })
    if (!url.ok) return url
    const flow = { provider: provider.id, state, nonce, verifier, returnTo, session: session.value }
    call.cookies.add(deps.flowCookie.write(await sealFlow(flow, deps)))
    return ok(undefined, { headers: { Location: url.value.href } })
  },
})

/**
 * The live session of the browser's cookies, for a page of this origin alone: another one could join its own
 * identity to the account of a visitor.
 */
async function ownSession(
  call: AuthCall<unknown>,
  deps: ProviderDeps,
): Promise<Result<string, 'authentication-required' | 'csrf-failed' | AccessCode>> {
  const { access, refresh, by } = call.presented
  if (by !== 'cookies') return fail('authentication-required', 'no session cookies')
  if (!call.site.sameOriginFetch) return fail('csrf-failed', 'link from another site')
  const token =
    access === undefined ? undefined : await deps.accessTokens.verify(access, deps.now())
  if (token?.ok === true) {
    const proof = new LiveAccess(call.store, { claims: token.value }, 'user', deps.now)
    const lives = await proof.prove()
    return lives.ok ? ok(token.value.sid) : lives
  }
  const renewal = refresh === undefined ? undefined : await deps.refreshTokens.verify(refresh)
  if (renewal?.ok !== true) return fail('invalid-token', token?.reason ?? 'no good token')
  const rotated = await rotate(call, renewal.value, deps)
  if (!rotated.ok) return fail('invalid-token', rotated.reason)
  call.cookies.give(rotated.value.tokens)
  return ok(rotated.value.holder.sessionId)
}
