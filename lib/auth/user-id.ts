const LONGEST = 254
/** UTF-16 units as sent: normalising a long run of combining marks takes more than a second. */
const LONGEST_SPELLING = 1_024
/** What means something in a key or a pattern, and what cannot be seen. */
const REFUSED = /[:*?[\]{}\s\p{Cc}\p{Cf}\p{Cs}]/u

/**
 * The canonical spelling of an address as an account's id: trimmed, NFC, lower case.
 *
 * @returns Undefined when it cannot be one: empty, longer than 254 characters, or with a character
 *   that means something in a key or a pattern.
 */
export function parseUserId(address: string): string | undefined {
  if (address.length > LONGEST_SPELLING) return undefined
  const id = address.trim().normalize('NFC').toLowerCase()
  return id === '' || id.length > LONGEST || REFUSED.test(id) ? undefined : id
}

/**
 * A mail address without what makes it several in a header, a comment, or a route through another
 * host (RFC 5322 §3.4), and whose domain has one spelling.
 */
const LOCAL_PART = /^[\p{L}\p{M}\p{N}.#$&'+/=^_`|~-]+$/u
const DOMAIN =
  /^[\p{L}\p{N}](?:[\p{L}\p{M}\p{N}-]*[\p{L}\p{M}\p{N}])?(?:\.[\p{L}\p{N}](?:[\p{L}\p{M}\p{N}-]*[\p{L}\p{M}\p{N}])?)*$/u

/** As {@link parseUserId}, for an id that mail is sent to. */
export function parseMailAddress(address: string): string | undefined {
  const id = parseUserId(address)
  const [local = '', domain = '', ...more] = id?.split('@') ?? []
  const one = more.length === 0 && LOCAL_PART.test(local) && DOMAIN.test(domain)
  return one && domain === domain.normalize('NFKC').toLowerCase() ? id : undefined
}
