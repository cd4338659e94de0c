import ipaddr from 'ipaddr.js'
import type { MailService } from '../mail.ts'
import type { Read } from './readers.ts'

export function database(
  urlName: string,
  tokenName: string,
  read: Read,
  faults: string[],
  aliases?: [string, string],
): { url: string; token: string } | undefined {
  const own = read(urlName) !== undefined || read(tokenName) !== undefined || aliases === undefined
  const [urlVariable, tokenVariable] = own ? [urlName, tokenName] : aliases
  const url = read(urlVariable)
  const token = read(tokenVariable)
  if (url === undefined) faults.push(`${urlName} is missing: set the database's REST address.`)
  else if (!isServiceUrl(url)) {
    faults.push(`${urlVariable} is not a REST address such as https://x.upstash.io: ${ENCRYPTED}`)
  }
  if (token === undefined) faults.push(`${tokenName} is missing: set the database's REST token.`)
  else if (/\s/.test(token)) faults.push(`${tokenVariable} holds white space.`)
  return url === undefined || token === undefined ? undefined : { url, token }
}

/** All three variables or none. */
export function mail(read: Read, faults: string[]): MailService | undefined {
  const names = ['MAIL_API_URL', 'MAIL_API_KEY', 'MAIL_FROM'] as const
  const [url, key, from] = names.map(read)
  if (url === undefined && key === undefined && from === undefined) return undefined
  for (const name of names) {
    if (read(name) === undefined) faults.push(`${name} is missing: mail needs ${names.join(', ')}.`)
  }
  if (url !== undefined && !isServiceUrl(url)) {
    const example = 'https://api.resend.com/emails'
    faults.push(`MAIL_API_URL is not an address such as ${example}: ${ENCRYPTED}`)
  }
  return url && key && from ? { url, key, from } : undefined
}

export function pwnedPasswordsUrl(read: Read, faults: string[]): string | undefined {
  const url = read('PWNED_PASSWORDS_URL')
  if (url !== undefined && !isServiceUrl(url)) {
    const example = 'https://api.pwnedpasswords.com/range/'
    faults.push(`PWNED_PASSWORDS_URL is not an address such as ${example}: ${ENCRYPTED}`)
  }
  return url
}

const ENCRYPTED =
  'it begins with https://; http:// will do for loopback, a private address, or a name without a dot.'

/** The address of a service that receives secrets: https, unless it is in a private network. */
function isServiceUrl(text: string): boolean {
  if (!/^https?:\/\/[^\s#?]+$/.test(text) || !URL.canParse(text)) return false
  const { protocol, hostname } = new URL(text)
  return protocol === 'https:' || isOwnNetwork(hostname)
}

/** The names that `ipaddr.js` has for RFC 1918 and RFC 4193, loopback and link-local addresses. */
const OWN_RANGES: readonly string[] = ['loopback', 'private', 'uniqueLocal', 'linkLocal']

/** @param hostname As the URL standard writes it: IPv4 in four decimal parts, IPv6 in brackets. */
function isOwnNetwork(hostname: string): boolean {
  const address = hostname.replace(/^\[|\]$/g, '')
  if (ipaddr.isValid(address)) return OWN_RANGES.includes(ipaddr.process(address).range())
  return !hostname.includes('.')
}
