import { expect, test } from '@playwright/test'
import type { TrustedProxy } from '../env.ts'
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
  for (const value of [
    '',
    'unknown',
    '1.2.3',
    '1.2.3.4.5',
    '<script>',
    '300.1.1.1',
    '1.2.3.4:80',
  ]) {
    const headers = new Headers({ 'CF-Connecting-IP': value })
    const address = clientAddress(headers, { mode: 'cloudflare' })
    expect(address, value).toBeUndefined()
    expect(addressPartition(address)).toBe('shared')
  }
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
