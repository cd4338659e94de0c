import * as z from 'zod/mini'

/** The longest text in a credential: an attestation of a TPM is some thousand bytes. */
const LONGEST_TEXT = 32_768
/** A credential's id has 1,023 bytes at most (WebAuthn Level 3 §7.1). */
const LONGEST_ID = 1_364

const bytes = z
  .string()
  .check(
    z.maxLength(LONGEST_TEXT),
    z.regex(/^(?:[\w-]{4})*(?:[\w-]{2,3})?$/, { error: 'is not base64url without padding' }),
  )
const id = bytes.check(z.minLength(1), z.maxLength(LONGEST_ID))

/** What is not named here is the browser's, and is left out. */
const common = {
  id,
  rawId: id,
  type: z.literal('public-key'),
}

/** The answer of `navigator.credentials.create`, as its `toJSON` writes it. */
export const registrationCredential = z.object({
  ...common,
  response: z.object({
    clientDataJSON: bytes,
    attestationObject: bytes,
    transports: z.optional(
      z.array(z.string().check(z.regex(/^[\w-]{1,32}$/))).check(z.maxLength(16)),
    ),
  }),
})

/** The answer of `navigator.credentials.get`. */
export const assertionCredential = z.object({
  ...common,
  response: z.object({
    clientDataJSON: bytes,
    authenticatorData: bytes,
    signature: bytes,
    userHandle: z.optional(bytes),
  }),
})

export type RegistrationCredential = z.output<typeof registrationCredential>
export type AssertionCredential = z.output<typeof assertionCredential>
