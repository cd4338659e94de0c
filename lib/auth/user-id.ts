const LONGEST = 254
const REFUSED = /[:*?[\]{}\s\p{Cc}]/u

/**
 * The canonical spelling of an address as an account's id: trimmed, NFC, lower case.
 *
 * @returns Undefined when it cannot be one: empty, longer than 254 characters, or with a character
 *   that means something in a key or a pattern.
 */
export function parseUserId(address: string): string | undefined {
  const id = address.trim().normalize('NFC').toLowerCase()
  return id === '' || id.length > LONGEST || REFUSED.test(id) ? undefined : id
}

/** Without what would make one address several, or a comment, in a mail's header (RFC 5322 §3.4). */
const MAIL_ADDRESS = /^[^@,;<>()"\\]+@[^@,;<>()"\\]+$/

/** As {@link parseUserId}, for an id that mail is sent to. */
export function parseMailAddress(address: string): string | undefined {
  const id = parseUserId(address)
  return id !== undefined && MAIL_ADDRESS.test(id) ? id : undefined
}
