import { parseMailAddress } from '../accounts/user-id.ts'

/** Whom a provider has signed in. */
export interface Person {
  /** Whoever it is, is named by these two. */
  issuer: string
  subject: string
  /** As an account would have it; undefined for none that can be one. */
  address: string | undefined
  /** Whether the provider says that the address is theirs. */
  isConfirmed: boolean
}

/** What a provider tells of somebody, as it was sent. */
interface Told {
  issuer: string
  subject: string
  address: unknown
  confirmed: unknown
}

/**
 * Reads what a provider tells of somebody. Confirmed is the boolean `true` alone: a text is `"false"` as soon
 * as it is `"true"`.
 */
export function personOf({ issuer, subject, address: sent, confirmed }: Told): Person {
  const address = typeof sent === 'string' ? ownAddress(sent) : undefined
  return { issuer, subject, address, isConfirmed: address !== undefined && confirmed === true }
}

/**
 * The address as an account has it, if that is the same mailbox. The provider has sent its mail to the
 * address as it is written there: if its first part is another one in our spelling (`ｍe@` becomes `me@`,
 * a Kelvin sign a `k`), that is somebody else's.
 */
function ownAddress(sent: string): string | undefined {
  const address = parseMailAddress(sent)
  const local = (text: string): string => text.slice(0, text.lastIndexOf('@'))
  const lowered = local(sent.trim()).replace(/[A-Z]/g, (letter) => letter.toLowerCase())
  return address !== undefined && local(address) === lowered ? address : undefined
}
