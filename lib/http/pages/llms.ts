import document from '../../openapi/openapi.json' with { type: 'json' }

interface Described {
  paths: Record<
    string,
    Record<string, { summary: string; description: string; tags: string[]; deprecated?: boolean }>
  >
  tags: { name: string; description: string }[]
}

const { paths, tags } = document as unknown as Described

/**
 * What an agent should know of this API, in one text, from the published document.
 *
 * @see [llms.txt](https://llmstxt.org/)
 */
export function llmsText({ name, origin }: { name: string; origin: string }): string {
  const groups = tags.map(({ name: tag, description }) => {
    const lines = Object.entries(paths).flatMap(([path, methods]) =>
      Object.entries(methods)
        .filter(([, operation]) => operation.tags[0] === tag && operation.deprecated !== true)
        .map(
          ([method, { description: words }]) => `- \`${method.toUpperCase()} ${path}\`: ${words}`,
        ),
    )
    return lines.length === 0 ? '' : `## ${tag}\n\n${description}\n\n${lines.join('\n')}\n`
  })
  return `# ${name}

> An API over HTTPS at ${origin}: JSON in and out, with quotas.

- The whole of it as OpenAPI 3.1: [${origin}/api/openapi.json](${origin}/api/openapi.json). People read [${origin}/reference](${origin}/reference).
- Send one credential with a request, and never in the address: \`X-API-Key: <key>\`, made at ${origin}/account/keys, or
  \`Authorization: Bearer <JWT>\` of \`POST /api/auth/signin\`.
- A list answers \`{"data": [...], "nextCursor": text or null}\`: send \`cursor\` for the next page.
- A failure is \`application/problem+json\` (RFC 9457) and says what would be right; its \`type\` is a page below
  ${origin}/problems/.
- \`RateLimit\` says what is left. At 429 and 503 wait for the seconds of \`Retry-After\`, then send the same again.
- A change is safe to repeat with an \`Idempotency-Key\` (POST) or \`If-Match\` (PUT, PATCH, DELETE).

${groups.filter((text) => text !== '').join('\n')}`
}
