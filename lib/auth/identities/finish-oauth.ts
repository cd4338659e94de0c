import { fail, ok, type Result } from '../../contract/problems.ts'
import { asSent, defineOperation } from '../../operation.ts'
import { quotaExceeded } from '../../rate-limit/headers.ts'
import type { Holder } from '../../store/liveness.ts'
import type { AuthCall } from '../types.ts'
import { type CallbackQuery, judgeAnswer, judgeFlow } from './answer.ts'
import { enterByIdentity, joinIdentity, otherSession } from './enter-by-identity.ts'
import { type Answer, exchangeCode } from './exchange.ts'
import { type Flow, openFlow } from './flow.ts'
import { personByGitHub } from './github.ts'
import { personByIdToken } from './openid.ts'
import type { Person } from './person.ts'
import type { Provider } from './provider.ts'
import { attempt } from './provider-failure.ts'
import { type Reach, reachOf } from './reach.ts'
import { callbackOf, issuersOf, serverOf } from './server.ts'
import type { ProviderDeps } from './types.ts'

/**
 * Takes the browser back from a provider: compares the answer with what was sent, exchanges the code, and
 * signs in whom the provider names, or joins the identity to the account that asked for it. The cookie of
 * the flow is cleared whatever happens.
 *
 * @param call Its input is the query as it was sent: a provider may add parameters of its own (RFC 6749
 *   §4.1.2), and none of them may come twice.
 * @returns 303 to where the flow began, with the session's cookies; `oauth-failed`, with what did not hold;
 *   `conflict`; `quota-exceeded` by the client's address; `service-unavailable` when the provider is away or slow.
 */
export const finishOAuth = defineOperation('finishOAuth', {
  summary: 'Where a provider sends the browser back: signs in',
  input: asSent<CallbackQuery>(),
  problems: ['not-found', 'oauth-failed', 'conflict', 'quota-exceeded', 'service-unavailable'],
  run: async (call, deps: ProviderDeps) => {
    call.cookies.add(deps.flowCookie.clear())
    const provider = deps.providers.find(({ id }) => id === call.provider)
    if (provider === undefined) return fail('not-found', 'no such provider')
    const sealed = deps.flowCookie.read(call.sentCookies)
    const flow = judgeFlow(call.input, await openFlow(sealed, deps), provider)
    if (!flow.ok) return flow
    const { session, returnTo } = flow.value
    const holder = session === undefined ? undefined : await sameSession(call, deps, session)
    if (session !== undefined && holder === undefined) return otherSession()
    // What comes now makes this server ask others.
    const quota = await call.quotas.count('signin', call.client.partition)
    if (!quota.allowed) return quotaExceeded([quota])

    const person = await personOf(call.input, flow.value, provider, deps)
    if (!person.ok) return person
    if (holder === undefined) {
      const tokens = await enterByIdentity(call, deps, provider, person.value)
      if (!tokens.ok) return tokens
      call.cookies.give(tokens.value)
    } else {
      const joined = await joinIdentity(call, deps, provider, person.value, holder)
      if (!joined.ok) return joined
    }
    return ok(undefined, { headers: { Location: returnTo } })
  },
})

/** Whom the provider has signed in, once its answer is found to hold. */
async function personOf(
  query: CallbackQuery,
  flow: Flow,
  provider: Provider,
  deps: ProviderDeps,
): Promise<Result<Person, 'oauth-failed' | 'service-unavailable'>> {
  const reach = reachOf(deps.ask, deps.providerMemory)
  const server = await attempt(provider, 'metadata', () => serverOf(provider, reach))
  if (!server.ok) return server
  const promised = server.value.authorization_response_iss_parameter_supported === true
  const issuers = issuersOf(provider, server.value)
  const answer = judgeAnswer(query, flow, provider, { issuers, promised })
  if (!answer.ok) return answer
  return identify(provider, server.value, answer.value, flow, deps, reach)
}

async function identify(
  provider: Provider,
  server: Awaited<ReturnType<typeof serverOf>>,
  answer: Answer,
  { verifier, nonce }: Flow,
  { origin, now }: ProviderDeps,
  reach: Reach,
): Promise<Result<Person, 'oauth-failed' | 'service-unavailable'>> {
  const secrets = { verifier, nonce, redirectUri: callbackOf(provider, origin) }
  const exchanged = await attempt(provider, 'code', () =>
    exchangeCode(provider, server, answer, secrets, reach),
  )
  if (!exchanged.ok) return exchanged
  return provider.protocol === 'github'
    ? personByGitHub(provider, exchanged.value, reach)
    : personByIdToken(provider, server, exchanged.value, reach, now() / 1_000)
}

/**
 * The session that the browser came back with, if it is the one that asked. The access token may be over by
 * now; whether the session lives is the store's to say.
 */
async function sameSession(
  { presented }: AuthCall<unknown>,
  { accessTokens, refreshTokens, now }: ProviderDeps,
  session: string,
): Promise<Holder | undefined> {
  const { access, refresh, by } = presented
  if (by !== 'cookies') return undefined
  const tokens = await Promise.all([
    access === undefined ? undefined : accessTokens.verify(access, now(), { expired: 'accept' }),
    refresh === undefined ? undefined : refreshTokens.verify(refresh),
  ])
  const same = tokens.find((token) => token?.ok === true && token.value.sid === session)
  if (same?.ok !== true) return undefined
  const { sub, user, sid } = same.value
  return { accountId: sub, userId: user, sessionId: sid }
}
