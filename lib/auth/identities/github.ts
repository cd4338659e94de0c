import { fail, ok, type Result } from '../../contract/problems.ts'
import type { Exchanged } from './exchange.ts'
import { type Person, personOf } from './person.ts'
import type { Provider } from './provider.ts'
import { attempt } from './provider-failure.ts'
import type { Reach } from './reach.ts'

/**
 * Whom GitHub has signed in. It is no OpenID provider: the number of the account stands in its API, and so do
 * the addresses, of which the primary one counts if it is verified.
 *
 * @see [GitHub, REST API: emails](https://docs.github.com/en/rest/users/emails)
 */
export async function personByGitHub(
  provider: Provider,
  { tokens }: Exchanged,
  reach: Reach,
): Promise<Result<Person, 'oauth-failed' | 'service-unavailable'>> {
  const issuer = provider.issuer.replace(/\/$/, '')
  const api = issuer === 'https://github.com' ? 'https://api.github.com' : `${issuer}/api/v3`
  const ask = (path: string): Promise<Asked> => askApi(`${api}${path}`, tokens.access_token, reach)
  const answers = await attempt(provider, 'person', () =>
    Promise.all([ask('/user'), ask('/user/emails')]),
  )
  if (!answers.ok) return answers
  const [user, emails] = answers.value
  const id = 'id' in Object(user.body) ? Reflect.get(Object(user.body), 'id') : undefined
  if (user.status !== 200 || !Number.isSafeInteger(id) || Number(id) <= 0) {
    const detail = `What ${provider.name} says of the person does not hold.`
    return fail('oauth-failed', `${provider.id} person: status ${user.status}`, { detail })
  }
  // Whoever is known already is let in also when their addresses are not told.
  const primary = emails.status === 200 ? primaryOf(emails.body) : undefined
  const { email: address, verified: confirmed } = primary ?? { email: undefined, verified: false }
  return ok(personOf({ issuer, subject: String(id), address, confirmed }))
}

interface Asked {
  status: number
  body: unknown
}

async function askApi(url: string, accessToken: string, { http }: Reach): Promise<Asked> {
  const response = await http(url, {
    headers: {
      Accept: 'application/vnd.github+json',
      Authorization: `Bearer ${accessToken}`,
      // GitHub refuses requests without one.
      'User-Agent': 'usher',
      'X-GitHub-Api-Version': '2022-11-28',
    },
  })
  const { status } = response
  return { status, body: status === 200 ? await response.json() : undefined }
}

function primaryOf(emails: unknown): { email?: unknown; verified?: unknown } | undefined {
  const list: unknown[] = Array.isArray(emails) ? emails : []
  return list
    .filter((entry) => typeof entry === 'object' && entry !== null)
    .find((entry) => 'primary' in entry && entry.primary === true)
}
