import {
  type AuthorizationServer,
  getValidatedIdTokenClaims,
  type IDToken,
  jwksCache,
  processUserInfoResponse,
  type UserInfoResponse,
  userInfoRequest,
  validateApplicationLevelSignature,
} from 'oauth4webapi'
import { fail, ok, type Result } from '../../contract/problems.ts'
import type { Exchanged } from './exchange.ts'
import { type Person, personOf } from './person.ts'
import type { Provider } from './provider.ts'
import { attempt } from './provider-failure.ts'
import { ProviderFault, type ProviderHttp } from './provider-http.ts'
import type { Reach } from './reach.ts'
import { clientOf, isAway, PROVIDER_TOLERANCE_SECONDS, wayTo } from './server.ts'

/** The longest subject (OpenID Connect Core 1.0 §2). */
const LONGEST_SUBJECT = 255

/**
 * Whom an OpenID Connect provider has signed in. The claims of the ID token were checked with the exchange;
 * here it is the signature, by the keys that the provider publishes, the authorized party, and the time of
 * its making. Where the token does not say whether the address is confirmed, UserInfo is asked.
 *
 * @param nowSeconds Of this clock.
 * @see [OpenID Connect Core 1.0 §3.1.3.7](https://openid.net/specs/openid-connect-core-1_0.html#IDTokenValidation), §5.3
 */
export async function personByIdToken(
  provider: Provider,
  server: AuthorizationServer,
  { tokens, response }: Exchanged,
  reach: Reach,
  nowSeconds: number,
): Promise<Result<Person, 'oauth-failed' | 'service-unavailable'>> {
  const signed = await attempt(provider, 'signature', () =>
    validateApplicationLevelSignature(
      // A copy: the library keeps keys beside the object, and here they are kept by their address.
      { ...server },
      response,
      {
        ...wayTo(provider, keysByMemory(reach)),
        [jwksCache]: reach.memory.keysAt(server.jwks_uri ?? ''),
      },
    ),
  )
  if (!signed.ok) return signed
  const claims = getValidatedIdTokenClaims(tokens)
  const fault = claims === undefined ? 'there is none' : faultOf(claims, provider, nowSeconds)
  if (claims === undefined || fault !== undefined) {
    const detail = `The ID token of ${provider.name} does not hold: ${fault}.`
    return fail('oauth-failed', `${provider.id} ID token: ${fault}`, { detail })
  }
  const { sub: subject, email, email_verified: confirmed } = claims
  const saysAll = email !== undefined && confirmed !== undefined
  const told = { issuer: server.issuer, subject, address: email, confirmed }
  if (saysAll || server.userinfo_endpoint === undefined) return ok(personOf(told))
  const info = await attempt(provider, 'person', () =>
    askUserInfo(provider, server, tokens.access_token, subject, reach),
  )
  if (!info.ok) return info
  const { email: address, email_verified } = info.value
  return ok(personOf({ ...told, address, confirmed: email_verified }))
}

function faultOf(
  { sub, azp, iat }: IDToken,
  { clientId }: Provider,
  now: number,
): string | undefined {
  if (sub === '' || sub.length > LONGEST_SUBJECT) return 'its subject is none'
  // The library compares it where there are several audiences.
  if (azp !== undefined && azp !== clientId) return 'it is for another client'
  return iat > now + PROVIDER_TOLERANCE_SECONDS ? 'it is not good yet' : undefined
}

/** The answer must be about the subject of the ID token: the library compares them. */
async function askUserInfo(
  provider: Provider,
  server: AuthorizationServer,
  accessToken: string,
  subject: string,
  { http }: Reach,
): Promise<UserInfoResponse> {
  const client = clientOf(provider)
  const response = await userInfoRequest(server, client, accessToken, wayTo(provider, http))
  return processUserInfoResponse(server, client, subject, response)
}

/** Fetches a set of keys; if the provider is away, the one from before serves. */
function keysByMemory({ http, quick, memory }: Reach): ProviderHttp {
  return async (url, init) => {
    const ask = async (isKnown: boolean): Promise<string> => {
      const response = await (isKnown ? quick : http)(url, init)
      const text = await response.text()
      // Only what is a set of keys is worth remembering.
      if (response.status === 200 && isKeySet(text)) return text
      throw new ProviderFault('unsound', 'no set of keys')
    }
    const text = await memory.keySets.get(url, ask, isAway)
    return new Response(text, { headers: { 'Content-Type': 'application/json' } })
  }
}

function isKeySet(text: string): boolean {
  try {
    return Array.isArray(Object(JSON.parse(text)).keys)
  } catch {
    return false
  }
}
