import ipaddr from 'ipaddr.js'

/**
 * Reads an address, or a network in CIDR notation (RFC 4632 §3.1, RFC 4291 §2.3), in its one
 * spelling: bits beyond the length are zero, and an IPv4-mapped network is an IPv4 one.
 *
 * @returns Undefined for what is neither: octal or short IPv4, a zone, a length out of range.
 */
export function parseNetwork(text: string): string | undefined {
  const [, address = '', length] = /^([\d.]+|[\da-f:.]+)(?:\/(\d{1,3}))?$/i.exec(text) ?? []
  const isIPv4 = ipaddr.IPv4.isValidFourPartDecimal(address)
  if (!isIPv4 && !ipaddr.IPv6.isValid(address)) return undefined
  const parsed = ipaddr.process(address)
  const mapped = !isIPv4 && parsed.kind() === 'ipv4'
  if (length === undefined) return parsed.toString()
  const bits = Number(length) - (mapped ? 96 : 0)
  const range = `${parsed.toString()}/${bits}`
  if (!ipaddr.isValidCIDR(range)) return undefined
  const { IPv4, IPv6 } = ipaddr
  const network = (parsed.kind() === 'ipv4' ? IPv4 : IPv6).networkAddressFromCIDR(range)
  return `${network.toString()}/${bits}`
}

/**
 * The leading bits that all addresses of a network share, after its kind: an address is in a network
 * when its bits begin so.
 *
 * @param network As {@link parseNetwork} writes it, or an address.
 */
export function networkBits(network: string): string {
  const [address = '', length] = network.split('/')
  const parsed = ipaddr.parse(address)
  const bits = parsed.toByteArray().map((byte) => byte.toString(2).padStart(8, '0'))
  const all = bits.join('')
  return `${parsed.kind()} ${length === undefined ? all : all.slice(0, Number(length))}`
}
