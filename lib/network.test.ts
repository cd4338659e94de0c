import { expect, test } from '@playwright/test'
import fc from 'fast-check'
import ipaddr from 'ipaddr.js'
import { networkBits, parseNetwork } from './network.ts'

test('an address or a network has one spelling', () => {
  const spellings = {
    '192.0.2.7': '192.0.2.7',
    '192.0.2.7/24': '192.0.2.0/24',
    '0.0.0.0/0': '0.0.0.0/0',
    '2001:DB8::0001': '2001:db8::1',
    '2001:db8:0:0:1::/64': '2001:db8::/64',
    '::/0': '::/0',
    '::ffff:192.0.2.7': '192.0.2.7',
    '::ffff:192.0.2.7/120': '192.0.2.0/24',
  }
  for (const [text, network] of Object.entries(spellings)) expect(parseNetwork(text)).toBe(network)
})

test('what is neither is refused', () => {
  for (const text of [
    ...[
      '',
      '192.0.2',
      '192.0.02.1',
      '0x7f.0.0.1',
      '3221225985',
      '192.0.2.7/33',
      '192.0.2.7/',
      '/24',
    ],
    ...['192.0.2.7/-1', '192.0.2.7/2.4', 'fe80::1%eth0', '2001:db8::/129', '::ffff:192.0.2.7/95'],
    ...['[2001:db8::1]', 'example.com', ' 192.0.2.7', '192.0.2.7:80', '192.0.2.0/24/8'],
  ]) {
    expect(parseNetwork(text), text).toBeUndefined()
  }
})

test('an address is in a network exactly when the library says so', () => {
  const address = fc.oneof(fc.ipV4(), fc.ipV6()).filter((text) => parseNetwork(text) !== undefined)
  fc.assert(
    fc.property(address, address, fc.nat(128), fc.boolean(), (one, other, length, near) => {
      const bits = Math.min(length, one.includes(':') ? 128 : 32)
      const network = parseNetwork(`${one}/${bits}`)
      // Networks of mapped addresses have lengths of their own.
      if (network === undefined) return
      const asked = parseNetwork(near ? one : other) ?? ''
      const [range, parsed] = [ipaddr.parseCIDR(network), ipaddr.parse(asked)]
      const inside = parsed.kind() === range[0].kind() && parsed.match(range)
      expect(networkBits(asked).startsWith(networkBits(network))).toBe(inside)
    }),
  )
})
