/** `normalize()` takes far longer than linear on long runs of combining marks: bounded before it. */
const LONGEST_RAW = 1_024
const LONGEST = 254
/** Characters with a meaning in Redis keys and patterns, and invisible ones. */
const REFUSED = /[:*?[\]{}\s\p{Cc}\p{Cf}\p{Cs}]/u

/**
 * The canonical spelling of an address as an account's id: trimmed, NFKC, lower case, its domain in
 * A-labels (`user@münchen.example` is `user@xn--mnchen-3ya.example`). It is normalised before it is
 * checked, so that no character turns into one that is refused.
 *
 * @returns Undefined when it cannot be one: empty, longer than 254 characters, or with a character
 *   that means something in a key or a pattern.
 *
 * @see [RFC 5890 §2.3.2.1](https://www.rfc-editor.org/rfc/rfc5890.html#section-2.3.2.1) A-labels
 */
export function parseUserId(address: string): string | undefined {
  if (address.length > LONGEST_RAW) return undefined
  // Twice, because a lower-case letter may join the accent behind it where its capital did not.
  const spelled = address.trim().normalize('NFKC').toLowerCase().normalize('NFKC')
  const at = spelled.lastIndexOf('@') + 1
  const domain = at === 0 ? undefined : asciiDomain(spelled.slice(at))
  const id = domain === undefined ? spelled : `${spelled.slice(0, at)}${domain}`
  return id === '' || id.length > LONGEST || REFUSED.test(id) ? undefined : id
}

/**
 * The part before the `@`: no quotes, no comment, no route through another host, and every dot
 * between two characters (RFC 5322 §3.4.1, `dot-atom`).
 */
const LOCAL_PART = /^[\p{L}\p{M}\p{N}#$&'+/=^_`|~-]+(?:\.[\p{L}\p{M}\p{N}#$&'+/=^_`|~-]+)*$/u
const LONGEST_LOCAL_PART_BYTES = 64

/**
 * As {@link parseUserId}, for an id that mail is sent to: one address, with a domain name.
 *
 * @see [RFC 5321 §4.5.3.1](https://www.rfc-editor.org/rfc/rfc5321.html#section-4.5.3.1) Size limits
 */
export function parseMailAddress(address: string): string | undefined {
  const id = parseUserId(address)
  const [local = '', domain = '', ...more] = id?.split('@') ?? []
  const bytes = new TextEncoder().encode(local).length
  const fits = LOCAL_PART.test(local) && bytes <= LONGEST_LOCAL_PART_BYTES
  return more.length === 0 && fits && asciiDomain(domain) !== undefined ? id : undefined
}

/** Letters, digits and hyphens: 63 at most, and no hyphen at an end (RFC 1035 §2.3.1, §2.3.4). */
const LABEL = /^[a-z\d](?:[a-z\d-]{0,61}[a-z\d])?$/

/**
 * A domain in A-labels. The URL parser knows how (UTS 46) wherever this runs; it would also take a
 * port, a user, percent signs and the numbers of an IPv4 address, which are no domain names.
 */
function asciiDomain(domain: string): string | undefined {
  if (!/^[\p{L}\p{M}\p{N}.-]+$/u.test(domain)) return undefined
  const hostname = hostnameOf(domain)
  if (hostname === undefined) return undefined
  const labels = hostname.split('.')
  const isAddress = /^\d+$/.test(labels.at(-1) ?? '')
  return labels.every((label) => LABEL.test(label)) && !isAddress ? hostname : undefined
}

/** By trial: once it is compiled, `URL.canParse` of Node 20 refuses every text with a letter of Latin-1. */
function hostnameOf(domain: string): string | undefined {
  try {
    return new URL(`http://${domain}`).hostname
  } catch {
    return undefined
  }
}
