import {
  type AuthorizationServer,
  authorizationCodeGrantRequest,
  type ClientAuth,
  ClientSecretPost,
  processAuthorizationCodeResponse,
  type TokenEndpointResponse,
  validateAuthResponse,
} from 'oauth4webapi'
import type { Provider } from './provider.ts'
import type { Reach } from './reach.ts'
import { clientOf, wayTo } from './server.ts'

/** What the callback brought, once it was found to be the answer to what was sent. */
export interface Answer {
  code: string
  state: string
  /** `iss`, where it was sent. */
  issuer: string | undefined
}

/** What only this deployment and this browser know of the sign-in. */
export interface Secrets {
  verifier: string
  nonce: string
  redirectUri: string
}

/** The tokens, and the response that they came in, which oauth4webapi wants for the signature. */
export interface Exchanged {
  tokens: TokenEndpointResponse
  response: Response
}

/**
 * Exchanges a code. Of an ID token the claims are checked here: issuer, audience, times, nonce, and that its
 * algorithm is one that the provider names. Its signature is not.
 *
 * @throws ProviderFault or an error of oauth4webapi.
 * @see [RFC 6749 §4.1.3](https://www.rfc-editor.org/rfc/rfc6749.html#section-4.1.3),
 *   [OpenID Connect Core 1.0 §3.1.3.7](https://openid.net/specs/openid-connect-core-1_0.html#IDTokenValidation)
 */
export async function exchangeCode(
  provider: Provider,
  server: AuthorizationServer,
  { code, state, issuer }: Answer,
  { verifier, nonce, redirectUri }: Secrets,
  { http }: Reach,
): Promise<Exchanged> {
  const client = clientOf(provider)
  // The issuer was compared: GitHub writes its own in two ways.
  const iss = issuer === undefined ? {} : { iss: server.issuer }
  const parameters = new URLSearchParams({ code, state, ...iss })
  const response = await authorizationCodeGrantRequest(
    server,
    client,
    authenticationOf(provider, server),
    validateAuthResponse(server, client, parameters, state),
    redirectUri,
    verifier,
    wayTo(provider, http),
  )
  const expected = provider.protocol === 'openid' ? { expectedNonce: nonce } : {}
  const tokens = await processAuthorizationCodeResponse(server, client, response, expected)
  return { tokens, response }
}

/** `client_secret_basic` is what a provider takes that says nothing (OpenID Connect Discovery 1.0 §3). */
function authenticationOf(
  { protocol, clientSecret }: Provider,
  { token_endpoint_auth_methods_supported: methods }: AuthorizationServer,
): ClientAuth {
  const takesBasic = methods?.includes('client_secret_basic') ?? protocol !== 'github'
  return takesBasic ? basic(clientSecret) : ClientSecretPost(clientSecret)
}

/**
 * Not the library's own: that encodes a hyphen too, which servers that decode nothing do not understand.
 *
 * @see [RFC 6749 §2.3.1](https://www.rfc-editor.org/rfc/rfc6749.html#section-2.3.1)
 */
function basic(clientSecret: string): ClientAuth {
  const encoded = (text: string): string => encodeURIComponent(text).replaceAll('%20', '+')
  return (_, { client_id: id }, __, headers) => {
    headers.set('Authorization', `Basic ${btoa(`${encoded(id)}:${encoded(clientSecret)}`)}`)
  }
}
