import { createHash, createHmac, randomUUID } from 'node:crypto'
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http'
import { type CryptoKey, exportJWK, exportSPKI, generateKeyPair, type JWK, SignJWT } from 'jose'
import type { Variables } from '../../lib/settings/types.ts'

/** Where an issuer can fail. */
export type Endpoint = 'discovery' | 'jwks' | 'token' | 'userinfo' | 'user' | 'emails'

/** How: it never answers, is in trouble, sends elsewhere, answers too much, what is no JSON, or refuses. */
export type Fault = 'silent' | 'drip' | 'trouble' | 'redirect' | 'large' | 'garbage' | 'refusal'

/** How an ID token is signed. */
export type Signing = 'right' | 'none' | 'public key as secret' | 'unknown kid' | 'other key'

/** What the issuer says, and how. A test changes it, and {@link TestIssuer.reset} takes that back. */
interface Says {
  /** Of the person who signs in. */
  claims: Record<string, unknown>
  /** Changes the claims of the ID token. */
  idToken: (claims: Record<string, unknown>) => Record<string, unknown>
  userInfo: Record<string, unknown> | undefined
  signing: Signing
  faults: Partial<Record<Endpoint, Fault>>
  metadata: Record<string, unknown>
  /** GitHub's answers. */
  user: unknown
  emails: unknown
}

interface Grant {
  nonce: string | null
  challenge: string
  redirectUri: string
}

/** An issuer of a test: it keeps the rules, unless it is told to break them. */
export interface TestIssuer {
  url: string
  says: Says
  /** The requests that have reached each endpoint. */
  asked: Record<string, number>
  /** What the token endpoint was last sent. */
  lastToken: URLSearchParams
  /** The variables of a provider that is this issuer. */
  variables(name: string): Variables
  /** A person agrees: where the browser is sent back to. */
  agree(location: string): URL
  reset(): void
  stop(): Promise<void>
}

const CLIENT = { id: 'the-client', secret: 'the-secret' }

function usual(): Says {
  return {
    claims: { sub: 'person-1', email: 'me@home.org', email_verified: true },
    idToken: (claims) => claims,
    userInfo: undefined,
    signing: 'right',
    faults: {},
    metadata: {},
    user: { id: 1 },
    emails: [{ email: 'me@home.org', primary: true, verified: true }],
  }
}

let pairs: Promise<{ privateKey: CryptoKey; publicKey: CryptoKey; jwk: JWK }[]> | undefined

/** Two pairs for all issuers of a process: making them takes long. */
async function keyPairs() {
  pairs ??= Promise.all(
    ['first', 'second'].map(async (kid) => {
      const pair = await generateKeyPair('RS256', { extractable: true })
      const jwk = { ...(await exportJWK(pair.publicKey)), kid, alg: 'RS256', use: 'sig' }
      return { ...pair, jwk }
    }),
  )
  const [own, other] = await pairs
  if (own === undefined || other === undefined) throw new TypeError('no keys')
  return { own, other }
}

/** Starts an issuer on loopback. It is an OpenID provider, and a GitHub server as well. */
export async function startIssuer(): Promise<TestIssuer> {
  const { own, other } = await keyPairs()
  const grants = new Map<string, Grant>()
  const used = new Set<string>()
  let says = usual()
  const asked: Record<string, number> = {}
  let lastToken = new URLSearchParams()
  const held = new Set<ServerResponse>()

  const sign = async (claims: Record<string, unknown>): Promise<string> => {
    const encode = (value: unknown): string =>
      Buffer.from(JSON.stringify(value)).toString('base64url')
    switch (says.signing) {
      case 'none':
        return `${encode({ alg: 'none' })}.${encode(claims)}.`
      case 'public key as secret': {
        const text = `${encode({ alg: 'HS256', kid: own.jwk.kid })}.${encode(claims)}`
        const secret = await exportSPKI(own.publicKey)
        return `${text}.${createHmac('sha256', secret).update(text).digest('base64url')}`
      }
      case 'unknown kid':
        return new SignJWT(claims)
          .setProtectedHeader({ alg: 'RS256', kid: 'x' })
          .sign(own.privateKey)
      case 'other key':
        return new SignJWT(claims)
          .setProtectedHeader({ alg: 'RS256', kid: own.jwk.kid ?? '' })
          .sign(other.privateKey)
      case 'right':
        return new SignJWT(claims)
          .setProtectedHeader({ alg: 'RS256', kid: own.jwk.kid ?? '' })
          .sign(own.privateKey)
    }
  }

  const token = async (request: IncomingMessage): Promise<[status: number, body: unknown]> => {
    lastToken = new URLSearchParams(await bodyOf(request))
    const code = lastToken.get('code') ?? ''
    const grant = grants.get(code)
    const challenge = createHash('sha256').update(lastToken.get('code_verifier') ?? '')
    const holds =
      grant !== undefined &&
      !used.has(code) &&
      isClient(request, lastToken) &&
      grant.challenge === challenge.digest('base64url') &&
      grant.redirectUri === lastToken.get('redirect_uri')
    used.add(code)
    if (grant === undefined || !holds) return [400, { error: 'invalid_grant' }]
    const now = Math.floor(Date.now() / 1_000)
    const { nonce } = grant
    const about = { iss: issuer.url, aud: CLIENT.id, iat: now, exp: now + 60 }
    const claims = { ...about, ...(nonce === null ? {} : { nonce }), ...says.claims }
    const isGitHub = request.url?.startsWith('/login/') === true
    const id_token = isGitHub ? {} : { id_token: await sign(says.idToken(claims)) }
    return [200, { access_token: 'an-access-token', token_type: 'bearer', ...id_token }]
  }

  const answer = async (
    path: string,
    request: IncomingMessage,
  ): Promise<[endpoint: Endpoint, status: number, body: unknown] | undefined> => {
    const { url } = issuer
    switch (path) {
      case '/.well-known/openid-configuration':
        return [
          'discovery',
          200,
          {
            issuer: url,
            authorization_endpoint: `${url}/authorize`,
            token_endpoint: `${url}/token`,
            userinfo_endpoint: `${url}/userinfo`,
            jwks_uri: `${url}/jwks`,
            id_token_signing_alg_values_supported: ['RS256', 'HS256', 'none'],
            authorization_response_iss_parameter_supported: true,
            ...says.metadata,
          },
        ]
      case '/jwks':
        return ['jwks', 200, { keys: [own.jwk] }]
      case '/token':
      case '/login/oauth/access_token':
        return ['token', ...(await token(request))]
      case '/userinfo':
        return ['userinfo', 200, says.userInfo ?? { sub: says.claims['sub'] }]
      case '/api/v3/user':
        return ['user', 200, says.user]
      case '/api/v3/user/emails':
        return ['emails', 200, says.emails]
      default:
        return undefined
    }
  }

  const server = createServer(async (request, response) => {
    const path = new URL(request.url ?? '/', 'http://x').pathname
    const answered = await answer(path, request)
    if (answered === undefined) return void response.writeHead(404).end()
    const [endpoint, status, body] = answered
    asked[endpoint] = (asked[endpoint] ?? 0) + 1
    const json = { 'Content-Type': 'application/json' }
    switch (says.faults[endpoint]) {
      case 'silent':
        return void held.add(response)
      case 'drip': {
        // The head comes at once, and the body never to its end.
        held.add(response)
        response.writeHead(200, json).write(' ')
        return
      }
      case 'trouble':
        return void response.writeHead(502).end('<h1>Bad gateway</h1>')
      case 'redirect':
        return void response.writeHead(302, { Location: `${issuer.url}${path}?again` }).end()
      case 'large':
        return void response
          .writeHead(200, json)
          .end(JSON.stringify({ ...Object(body), padding: 'x'.repeat(70_000) }))
      case 'garbage':
        return void response.writeHead(200, json).end('<!doctype html>')
      case 'refusal':
        return void response.writeHead(403, json).end('{"error":"access_denied"}')
      case undefined:
        return void response.writeHead(status, json).end(JSON.stringify(body))
    }
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  const address = server.address()
  if (address === null || typeof address === 'string') throw new TypeError('no port')
  const issuer: TestIssuer = {
    url: `http://127.0.0.1:${address.port}`,
    asked,
    get says() {
      return says
    },
    get lastToken() {
      return lastToken
    },
    variables: (name) => ({
      [`OAUTH_${name}_CLIENT_ID`]: CLIENT.id,
      [`OAUTH_${name}_CLIENT_SECRET`]: CLIENT.secret,
      [`OAUTH_${name}_ISSUER`]: `http://127.0.0.1:${address.port}`,
    }),
    agree: (location) => {
      const { searchParams } = new URL(location)
      const code = randomUUID()
      const redirectUri = searchParams.get('redirect_uri') ?? ''
      const challenge = searchParams.get('code_challenge') ?? ''
      grants.set(code, { nonce: searchParams.get('nonce'), challenge, redirectUri })
      const back = new URL(redirectUri)
      back.searchParams.set('code', code)
      back.searchParams.set('state', searchParams.get('state') ?? '')
      if (searchParams.has('nonce')) back.searchParams.set('iss', issuer.url)
      return back
    },
    reset: () => {
      says = usual()
      for (const response of held) response.destroy()
      held.clear()
    },
    stop: async () => {
      server.closeAllConnections()
      await new Promise((resolve) => server.close(resolve))
    },
  }
  return issuer
}

function isClient(request: IncomingMessage, sent: URLSearchParams): boolean {
  const { id, secret } = CLIENT
  const basic = `Basic ${Buffer.from(`${id}:${secret}`).toString('base64')}`
  const isBasic = request.headers.authorization === basic
  return isBasic || (sent.get('client_id') === id && sent.get('client_secret') === secret)
}

async function bodyOf(request: IncomingMessage): Promise<string> {
  let body = ''
  for await (const chunk of request) body += chunk
  return body
}
