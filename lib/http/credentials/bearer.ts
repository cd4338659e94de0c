import type { CredentialKind } from './credential.ts'

/**
 * `Authorization: Bearer <JWT>`. Another scheme is no credential of ours.
 *
 * @see [RFC 6750 §2.1](https://www.rfc-editor.org/rfc/rfc6750.html#section-2.1)
 */
export const bearer: CredentialKind = (headers, { accessTokens }) => {
  const authorization = headers.get('authorization')
  const found = authorization === null ? null : /^bearer(?: +|$)(.*)$/i.exec(authorization)
  if (found === null) return undefined
  const access = found[1] ?? ''
  return {
    tokens: { access },
    check: async (nowMs) => {
      const token = await accessTokens.verify(access, nowMs)
      return token.ok
        ? { status: 'valid', claims: token.value, by: 'bearer' }
        : { status: 'invalid', reason: token.reason }
    },
  }
}
