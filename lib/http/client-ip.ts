import ipaddr from 'ipaddr.js'
import { log } from '../log.ts'
import type { Partition } from '../rate-limit/types.ts'
import type { TrustedProxy } from '../settings/types.ts'

/** The settings for which the log was told that the header holds no address: once in each isolate. */
const warned = new WeakSet<TrustedProxy>()

/**
 * The client's address, from the one source that the operator trusts. A client can write any forwarded
 * header, and could take another address for each request to avoid its quota.
 *
 * @returns The canonical address (IPv4-mapped ones unmapped), or undefined when none is valid: the
 *   log says so once, since all such clients share a bucket.
 */
export function clientAddress(headers: Headers, trusted: TrustedProxy): string | undefined {
  const value = addressHeader(headers, trusted)
  const address = value === undefined || value === null ? undefined : bareAddress(value)
  // RFC 4007 zones name an interface of the sender; `ipaddr.process` unmaps ::ffff:a.b.c.d.
  if (address !== undefined) return ipaddr.process(address).toString().replace(/%.*$/, '')
  if (trusted.mode !== 'none' && !warned.has(trusted)) {
    warned.add(trusted)
    const consequence = 'clients whose address is not known share one bucket: check TRUSTED_PROXY'
    log('warn', 'client-address.unreadable', { mode: trusted.mode, consequence })
  }
  return undefined
}

/**
 * What a quota counts: one IPv4 address, or the /64 that one IPv6 customer holds, and with a wider
 * limit the /48 around it, of which somebody may have all.
 */
export function addressPartition(address: string | undefined): Partition {
  if (address === undefined) return 'shared'
  const parsed = ipaddr.parse(address)
  if (!(parsed instanceof ipaddr.IPv6)) return { key: address }
  return { key: network(parsed, 64), wider: network(parsed, 48) }
}

function network({ parts }: ipaddr.IPv6, bits: 48 | 64): string {
  const kept = bits / 16
  const address = new ipaddr.IPv6(parts.map((part, index) => (index < kept ? part : 0)))
  return `${address.toString()}/${bits}`
}

/** The longest spelling of an address, with a zone, brackets and a port. */
const LONGEST_ADDRESS = 100

/**
 * An address without what proxies write around it: a port, and brackets around IPv6.
 *
 * Strictly one spelling of IPv4: the parser would take `1.2.3` and octal numbers too.
 */
function bareAddress(value: string): string | undefined {
  if (value.length > LONGEST_ADDRESS) return undefined
  const text = value.trim()
  const v4 = /^([\d.]+)(?::\d{1,5})?$/.exec(text)?.[1]
  if (v4 !== undefined) return ipaddr.IPv4.isValidFourPartDecimal(v4) ? v4 : undefined
  const v6 = /^\[([^\]]+)\](?::\d{1,5})?$/.exec(text)?.[1] ?? text
  return ipaddr.IPv6.isValid(v6) ? v6 : undefined
}

function addressHeader(headers: Headers, trusted: TrustedProxy): string | null | undefined {
  switch (trusted.mode) {
    case 'none':
      return undefined
    case 'vercel':
      return headers.get('x-vercel-forwarded-for') ?? headers.get('x-real-ip')
    case 'cloudflare':
      return headers.get('cf-connecting-ip')
    case 'socket':
      return headers.get(trusted.header)
    case 'proxy':
      // Each proxy appends what it saw: the n-th from the right is what the outermost trusted saw.
      return headers.get('x-forwarded-for')?.split(',').at(-trusted.hops)
  }
}
