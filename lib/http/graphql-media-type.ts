const JSON_TYPE = 'application/json'
const OWN_TYPE = 'application/graphql-response+json'

/**
 * The media type of an answer, by what the client prefers. A client that takes neither gets JSON: the answer
 * has what is wrong with it, and a 406 has not.
 *
 * @param accept The header field.
 * @see [RFC 9110 §12.5.1](https://www.rfc-editor.org/rfc/rfc9110.html#section-12.5.1)
 */
export function graphMediaType(accept: string | null): string {
  const weights = new Map((accept ?? '').toLowerCase().split(',').map(weighed))
  const own = weights.get(OWN_TYPE) ?? 0
  const json = weights.get(JSON_TYPE) ?? weights.get('application/*') ?? weights.get('*/*') ?? 0
  return own > 0 && own >= json ? OWN_TYPE : JSON_TYPE
}

function weighed(range: string): [type: string, weight: number] {
  const [type = '', ...parameters] = range.split(';').map((part) => part.trim())
  const weight = parameters.find((each) => each.startsWith('q='))?.slice(2)
  return [type, weight === undefined ? 1 : Number(weight)]
}
