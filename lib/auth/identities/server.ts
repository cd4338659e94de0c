import {
  type AuthorizationServer,
  allowInsecureRequests,
  type Client,
  clockTolerance,
  customFetch,
  discoveryRequest,
  processDiscoveryResponse,
} from 'oauth4webapi'
import type { Provider } from './provider.ts'
import { ProviderFault, type ProviderHttp } from './provider-http.ts'
import type { Reach } from './reach.ts'

/** Clocks of two machines differ by so many seconds. */
export const PROVIDER_TOLERANCE_SECONDS = 30

/** How oauth4webapi reaches a provider; over plain http where the issuer is on loopback. */
export function wayTo(
  { issuer }: Provider,
  http: ProviderHttp,
): { [customFetch]: ProviderHttp; [allowInsecureRequests]: boolean } {
  return { [customFetch]: http, [allowInsecureRequests]: issuer.startsWith('http:') }
}

/** This deployment as the provider knows it. */
export function clientOf({ clientId }: Provider): Client {
  return { client_id: clientId, [clockTolerance]: PROVIDER_TOLERANCE_SECONDS }
}

/**
 * What a provider says of itself: by discovery, or what is known of GitHub.
 *
 * @throws ProviderFault or an error of oauth4webapi.
 * @see [OpenID Connect Discovery 1.0 §4](https://openid.net/specs/openid-connect-discovery-1_0.html)
 */
export async function serverOf(
  provider: Provider,
  { http, quick, memory }: Reach,
): Promise<AuthorizationServer> {
  if (provider.protocol === 'github') {
    const issuer = provider.issuer.replace(/\/$/, '')
    return {
      issuer,
      authorization_endpoint: `${issuer}/login/oauth/authorize`,
      token_endpoint: `${issuer}/login/oauth/access_token`,
    }
  }
  const ask = async (isKnown: boolean): Promise<AuthorizationServer> => {
    const issuer = new URL(provider.issuer)
    const response = await discoveryRequest(issuer, wayTo(provider, isKnown ? quick : http))
    return processDiscoveryResponse(issuer, response)
  }
  return memory.metadata.get(provider.id, ask, isAway)
}

/** Whether a failure may be over in a moment. */
export function isAway(error: unknown): boolean {
  return error instanceof ProviderFault && error.kind === 'away'
}

const SCOPES = { openid: 'openid email profile', github: 'read:user user:email' } as const

/** What goes to the provider, and comes back or is compared with what comes back. */
export interface Request {
  state: string
  nonce: string
  /** SHA-256 of the verifier, base64url. */
  challenge: string
  redirectUri: string
}

/**
 * Where the browser is sent to.
 *
 * @throws ProviderFault for an endpoint that is none.
 * @see [RFC 7636 §4.3](https://www.rfc-editor.org/rfc/rfc7636.html#section-4.3)
 */
export function authorizationUrl(
  { protocol, clientId, issuer }: Provider,
  { authorization_endpoint: endpoint }: AuthorizationServer,
  { state, nonce, challenge, redirectUri }: Request,
): URL {
  const url = endpoint !== undefined && URL.canParse(endpoint) ? new URL(endpoint) : undefined
  const isSafe = url?.protocol === 'https:' || (url?.protocol === 'http:' && /^http:/.test(issuer))
  if (url === undefined || !isSafe) throw new ProviderFault('unsound', 'authorization endpoint')
  const parameters = {
    client_id: clientId,
    redirect_uri: redirectUri,
    response_type: 'code',
    scope: SCOPES[protocol],
    state,
    code_challenge: challenge,
    code_challenge_method: 'S256',
    ...(protocol === 'openid' ? { nonce } : {}),
  }
  for (const [name, value] of Object.entries(parameters)) url.searchParams.set(name, value)
  return url
}

/** The address that the provider must know, and sends the browser back to. */
export function callbackOf({ id }: Provider, origin: string): string {
  return `${origin}/api/auth/oauth/${id}/callback`
}

/** How a provider may call itself in `iss`. GitHub's own metadata has a path behind its address. */
export function issuersOf({ protocol }: Provider, { issuer }: AuthorizationServer): string[] {
  return protocol === 'github' ? [issuer, `${issuer}/login/oauth`] : [issuer]
}
