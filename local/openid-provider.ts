import { randomBytes } from 'node:crypto'
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http'
import { exportJWK, generateKeyPair } from 'jose'

/** Who can sign in there. */
export const PEOPLE = {
  ada: { name: 'Ada Lovelace', email: 'ada@example.com', email_verified: true },
  bob: {
    name: 'Bob, whose address is not confirmed',
    email: 'bob@example.com',
    email_verified: false,
  },
} as const

type PersonName = keyof typeof PEOPLE

/** A real OpenID provider on this machine, for trying a sign-in without an account anywhere. */
export interface OpenIdProvider {
  issuer: string
  /** Of the provider called `LOCAL`. */
  variables: Record<string, string>
  /** Tells it which deployment it serves: it sends browsers back to no other. */
  serve(origin: string): Promise<void>
  close(): Promise<void>
}

/** In variables; `local` in paths. */
const NAME = 'LOCAL'

/**
 * Starts it on loopback, with two people who sign in by pressing a button.
 *
 * @param port 0 for any that is free.
 */
export async function startOpenIdProvider(port: number): Promise<OpenIdProvider> {
  const client = { id: 'usher', secret: randomBytes(24).toString('base64url') }
  let handle = (_: IncomingMessage, response: ServerResponse): void => {
    response.writeHead(503).end()
  }
  const server = createServer((request, response) => handle(request, response))
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject)
    server.listen(port, '127.0.0.1', resolve)
  })
  const address = server.address()
  const bound = typeof address === 'object' && address !== null ? address.port : port
  const issuer = `http://localhost:${bound}`
  return {
    issuer,
    variables: {
      [`OAUTH_${NAME}_CLIENT_ID`]: client.id,
      [`OAUTH_${NAME}_CLIENT_SECRET`]: client.secret,
      [`OAUTH_${NAME}_ISSUER`]: issuer,
    },
    serve: async (origin) => {
      const callback = `${origin}/api/auth/oauth/${NAME.toLowerCase()}/callback`
      handle = await handlerOf(issuer, client, callback)
    },
    close: async () => {
      server.closeAllConnections()
      await new Promise((resolve) => server.close(resolve))
    },
  }
}

async function handlerOf(
  issuer: string,
  client: { id: string; secret: string },
  callback: string,
): Promise<(request: IncomingMessage, response: ServerResponse) => void> {
  // A development package: `npm start` shares this bundle, and runs without it.
  const { default: Provider } = await import('oidc-provider')
  const { privateKey } = await generateKeyPair('RS256', { extractable: true })
  const provider = new Provider(issuer, {
    clients: [
      {
        client_id: client.id,
        client_secret: client.secret,
        redirect_uris: [callback],
        response_types: ['code'],
        grant_types: ['authorization_code'],
      },
    ],
    jwks: { keys: [{ ...(await exportJWK(privateKey)), kid: 'local', alg: 'RS256', use: 'sig' }] },
    cookies: { keys: [randomBytes(24).toString('base64url')] },
    claims: { openid: ['sub'], email: ['email', 'email_verified'], profile: ['name'] },
    features: { devInteractions: { enabled: false } },
    interactions: { url: (_: unknown, { uid }: { uid: string }) => `/interaction/${uid}` },
    findAccount: (_: unknown, id: string) =>
      isPerson(id) ? { accountId: id, claims: () => ({ sub: id, ...PEOPLE[id] }) } : undefined,
    // Whoever presses the button agrees: nobody is asked a second time.
    loadExistingGrant: async ({ oidc }: { oidc: GrantContext }) => {
      const grant = new provider.Grant({
        clientId: oidc.client.clientId,
        accountId: oidc.session.accountId,
      })
      grant.addOIDCScope('openid email profile')
      await grant.save()
      return grant
    },
    pkce: { required: () => true },
  })
  const serve = provider.callback()
  return (request, response) => {
    const { pathname, searchParams } = new URL(request.url ?? '/', issuer)
    if (!pathname.startsWith('/interaction/')) return serve(request, response)
    const choice = searchParams.get('person')
    if (choice === null) return showPeople(response)
    const result = isPerson(choice)
      ? { login: { accountId: choice } }
      : { error: 'access_denied', error_description: 'The person said no.' }
    provider
      .interactionFinished(request, response, result, { mergeWithLastSubmission: false })
      .catch(() => response.writeHead(400).end('This sign-in is over: begin anew.'))
  }
}

interface GrantContext {
  client: { clientId: string }
  session: { accountId: string }
}

function isPerson(name: string): name is PersonName {
  return Object.hasOwn(PEOPLE, name)
}

/** Links, and no form: a form's redirect to another origin would need its name in a policy. */
function showPeople(response: ServerResponse): void {
  const people = Object.entries(PEOPLE).map(
    ([id, { name, email }]) => `<p><a href="?person=${id}">${name} (${email})</a></p>`,
  )
  response.writeHead(200, { 'Content-Type': 'text/html; charset=utf-8' })
  response.end(`<!doctype html><html lang="en"><title>Local provider</title>
<h1>Who are you?</h1>${people.join('')}<p><a href="?person=nobody">Cancel</a></p></html>`)
}
