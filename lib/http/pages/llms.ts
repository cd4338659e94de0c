import type { Collection } from '../../collections/define.ts'
import { allCollections } from '../../items/registry.ts'

/**
 * What an agent should know of this API before it calls it, in the form that agents look for.
 *
 * @see https://llmstxt.org/
 */
export function llmsText({ name, origin }: { name: string; origin: string }): string {
  return `# ${name}

> An API of collections of items: JSON over REST, GraphQL, and tools of the Model Context Protocol. One policy holds behind all three.

- Credentials: an API key as \`X-API-Key\`, or an access token as \`Authorization: Bearer\`. One of them with a request, never in an address. Keys are made at ${origin}/account/keys.
- Failures are problem documents (RFC 9457): \`detail\` and \`errors\` say what would be right, \`type\` is a page that explains it.
- 429 and 503 have \`Retry-After\`, in seconds: wait for it. \`RateLimit\` says what is left of a quota.
- Lists are pages of 100 items at most: send \`nextCursor\` as \`cursor\` until it is null.

## For agents

- [Tools](${origin}/api/mcp): Model Context Protocol over Streamable HTTP, revisions 2025-03-26 to 2026-07-28, by POST. The list of tools has those that the credential may use.

## API

- [OpenAPI 3.1](${origin}/api/openapi.json): every operation, what it takes and what it answers; people read [the reference](${origin}/reference)
- [GraphQL](${origin}/api/graphql): queries, filters, references and changes; [its schema](${origin}/api/graphql/schema). A query costs 1 for each item or list, as often as the lists around it say, and 1,000 at most.

## Collections

${allCollections()
  .map((collection) => lineOf(origin, collection))
  .join('\n')}
`
}

function lineOf(origin: string, { name, access, filter = [], search }: Collection): string {
  const asked = [
    ...(filter.length === 0 ? [] : [`filters ${filter.join(', ')}`]),
    ...(search === undefined ? [] : [`search in ${search.join(', ')}`]),
  ]
  const who = access.list === 'public' ? 'for anyone' : `for the level ${access.list} and above`
  return `- [${name}](${origin}/api/${name}): ${[`list ${who}`, ...asked].join('; ')}`
}
