import { readApiKey } from '../../auth/api-keys/api-key.ts'
import type { CredentialKind } from './credential.ts'

/** The same for a mistyped key and for one that was ended. */
export const UNKNOWN_KEY = { status: 'invalid', reason: 'unknown API key' } as const

/** `X-API-Key: <key>`. */
export const apiKey: CredentialKind = (headers, { keyEnvironment }) => {
  const sent = headers.get('x-api-key')
  if (sent === null) return undefined
  return {
    tokens: {},
    check: async () => {
      const key = await readApiKey(keyEnvironment, sent)
      return key === undefined ? UNKNOWN_KEY : { status: 'key', key }
    },
  }
}
