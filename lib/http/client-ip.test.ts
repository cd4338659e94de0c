import { expect, test } from '@playwright/test'
import type { TrustedProxy } from '../settings/types.ts'
import { addressPartition, clientAddress } from './client-ip.ts'

const everything = new Headers({
  'X-Forwarded-For': '6.6.6.6, 192.0.2.1,  192.0.2.2',
  'X-Real-IP': '192.0.2.3',
  'X-Vercel-Forwarded-For': '192.0.2.4',
  'CF-Connecting-IP': '192.0.2.5',
  'X-Peer': '::ffff:192.0.2.6',
})

test('each mode believes its own header alone', () => {
  const expected: [TrustedProxy, string | undefined][] = [
    [{ mode: 'none' }, undefined],
    [{ mode: 'vercel' }, '192.0.2.4'],
    [{ mode: 'cloudflare' }, '192.0.2.5'],
    [{ mode: 'proxy', hops: 1 }, '192.0.2.2'],
    [{ mode: 'proxy', hops: 2 }, '192.0.2.1'],
    [{ mode: 'proxy', hops: 9 }, undefined],
    [{ mode: 'socket', header: 'x-peer' }, '192.0.2.6'],
  ]
  for (const [trusted, address] of expected) {
    expect(clientAddress(everything, trusted), JSON.stringify(trusted)).toBe(address)
  }
})

test('what is no address is none, and all without one share a bucket', () => {
  const trusted: TrustedProxy = { mode: 'cloudflare' }
  for (const value of [
    '',
    'unknown',
    '1.2.3',
    '1.2.3.4.5',
    '<script>',
    '300.1.1.1',
    '1.2.3.4:port',
    '1.2.3.4:123456',
    '1.2.3.4:80:80',
    '[1.2.3.4]',
    '[2001:db8::1',
    '2001:db8::1]',
    '[2001:db8::1]x',
    `${'1'.repeat(60_000)}`,
    `[${'f:'.repeat(30_000)}]`,
  ]) {
    const headers = new Headers({ 'CF-Connecting-IP': value })
    const address = clientAddress(headers, trusted)
    expect(address, value).toBeUndefined()
    expect(addressPartition(address)).toBe('shared')
  }
})

test('the port and the brackets that a proxy writes are taken off', () => {
  for (const [value, address] of [
    ['192.0.2.1:80', '192.0.2.1'],
    ['[2001:db8::1]', '2001:db8::1'],
    ['[2001:DB8::1]:65535', '2001:db8::1'],
    ['[::ffff:192.0.2.1]:80', '192.0.2.1'],
    ['2001:db8::80', '2001:db8::80'],
    ['[fe80::1%eth0]:80', 'fe80::1'],
  ]) {
    const headers = new Headers({ 'X-Forwarded-For': `6.6.6.6, ${value}` })
    expect(clientAddress(headers, { mode: 'proxy', hops: 1 }), value).toBe(address)
  }
})

test('a header without an address is said once, and without what it holds', () => {
  const logged: string[] = []
  const write = console.log
  console.log = (line: string) => void logged.push(line)
  try {
    for (const mode of ['cloudflare', 'vercel'] as const) {
      const trusted = { mode }
      for (const value of ['not an address', 'nor this', '192.0.2.1']) {
        const headers = new Headers({ 'CF-Connecting-IP': value, 'X-Real-IP': value })
        clientAddress(headers, trusted)
      }
      clientAddress(new Headers(), trusted)
    }
    clientAddress(everything, { mode: 'none' })
  } finally {
    console.log = write
  }
  const lines = logged.map((line) => JSON.parse(line))
  expect(lines).toMatchObject([
    { level: 'warn', event: 'client-address.unreadable', mode: 'cloudflare' },
    { level: 'warn', event: 'client-address.unreadable', mode: 'vercel' },
  ])
  expect(logged.join()).not.toContain('not an address')
})

test('IPv4 counts by address, IPv6 by /64, in one spelling', () => {
  const partition = (address: string) => {
    const headers = new Headers({ 'CF-Connecting-IP': address })
    return addressPartition(clientAddress(headers, { mode: 'cloudflare' }))
  }
  expect(partition('192.0.2.1')).toEqual({ key: '192.0.2.1' })
  expect(partition('::ffff:192.0.2.1')).toEqual(partition('192.0.2.1'))
  expect(partition('2001:db8:1:2:3:4:5:6')).toEqual({
    key: '2001:db8:1:2::/64',
    wider: '2001:db8:1::/48',
  })
  expect(partition('2001:DB8:1:2::1')).toEqual(partition('2001:db8:0001:0002:ffff::'))
  expect(partition('2001:db8:1:3::1')).not.toEqual(partition('2001:db8:1:2::1'))
})
