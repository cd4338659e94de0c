import assert from 'node:assert/strict'
import { expect, test } from '@playwright/test'
import fc from 'fast-check'
import { parseMailAddress, parseUserId } from './user-id.ts'

test('an address has one spelling: trimmed, NFKC, lower case, the domain in A-labels', () => {
  const spellings: Record<string, string[]> = {
    'me@home.org': [' Me@Home.org\n', 'me＠home.org', 'ME@ｈｏｍｅ．ｏｒｇ', 'me@home.org\u3000'],
    'user@xn--mnchen-3ya.example': [
      'user@münchen.example',
      'User@MU\u0308NCHEN.example',
      'user@XN--MNCHEN-3YA.example',
    ],
    'user@xn--strae-oqa.example': ['user@straße.example', 'user@xn--strae-oqa.example'],
    'jos\u00e9@home.org': ['jose\u0301@home.org', 'JOSE\u0301@HOME.ORG'],
    // A capital J has no form with a caron of its own; a small one has.
    '\u01f0@home.org': ['J\u030c@home.org', 'j\u030c@home.org', '\u01f0@home.org'],
  }
  for (const [id, texts] of Object.entries(spellings)) {
    for (const text of [id, ...texts]) {
      expect(parseUserId(text), text).toBe(id)
      expect(parseMailAddress(text), text).toBe(id)
    }
  }
})

test('an id that somebody typed by hand need not be a mail address', () => {
  for (const id of ['admin', 'a..b', 'root@127.1', 'root@10.0.0.1', 'x@my_host', 'a@b@c', '@']) {
    expect(parseUserId(` ${id.toUpperCase()}`)).toBe(id)
    expect(parseMailAddress(id), id).toBeUndefined()
  }
})

test('no id holds what means something in a key or a pattern, in any spelling', () => {
  const refused = ['', ' ', 'a:b', 'a：b', 'a*', 'a？', 'a[b]', '{a}', 'a b', 'a\u200bb', 'a\ud800']
  for (const text of refused) {
    expect(parseUserId(text), text).toBeUndefined()
  }
})

test('mail is not sent to what RFC 5321 and RFC 1035 do not allow', () => {
  const label = 'a'.repeat(63)
  const refused = [
    ...['us..er@x.example', '.user@x.example', 'user.@x.example', '@x.example', 'user@', 'user'],
    ...['a,b@x.example', 'a%b@x.example', 'a!b@x.example', '"a"@x.example', 'x <a@x.example>'],
    ...[
      'a@x..example',
      'a@.x.example',
      'a@x.example.',
      'a@-x.example',
      'a@x-.example',
      'a@x_y.example',
    ],
    ...['a@127.1', 'a@0x7f.1', 'a@192.0.2.1', 'a@x.example:25', 'a@b@x.example', 'a@x%2eexample'],
    ...['a@xn--u-ccb.example', 'a@x\u00adyz.example', `a@${label}a.example`],
    ...[`${'a'.repeat(65)}@x.example`, `${'é'.repeat(33)}@x.example`],
    // 60 letters, and more than 63 as an A-label.
    `a@${'ü'.repeat(60)}.example`,
    `a@${label}.${label}.${label}.${label}`,
  ]
  for (const text of refused) expect(parseMailAddress(text), text).toBeUndefined()
  const allowed = [
    `${'a'.repeat(64)}@x.example`,
    `${'é'.repeat(32)}@x.example`,
    `a@${label}.example`,
  ]
  for (const text of [...allowed, 'us.er+tag@x.example', 'a@localhost', 'a@1x.2y']) {
    expect(parseMailAddress(text), text).toBe(text)
  }
})

test('a long text is refused before it is normalised', () => {
  const marks = '\u0315'.repeat(16_000) + '\u0316'.repeat(16_000)
  const { normalize } = String.prototype
  const lengths: number[] = []
  String.prototype.normalize = function (form) {
    lengths.push(this.length)
    return normalize.call(this, form)
  }
  try {
    for (const text of [
      marks,
      `${marks}@x.example`,
      `a@${marks}`,
      `${' '.repeat(1_024)}a@x.example`,
    ]) {
      expect(parseUserId(text)).toBeUndefined()
      expect(parseMailAddress(text)).toBeUndefined()
    }
    expect(lengths).toEqual([])
    expect(parseUserId('a@x.example')).toBe('a@x.example')
    expect(lengths.length).toBeGreaterThan(0)
  } finally {
    String.prototype.normalize = normalize
  }
})

test('an address is spelled the same after ten thousand others', () => {
  const spellings = Array.from({ length: 10_000 }, () => parseUserId('me@ü.de'))
  expect(new Set(spellings)).toEqual(new Set(['me@xn--tda.de']))
})

test('what comes out is its own canonical spelling, whatever goes in', () => {
  const letters = fc.constantFrom(...'aJßİΣü\u0301\u030cｈﬁ.@-+:1x ¨', 'xn--')
  const text = fc.oneof(
    fc.string({ unit: 'binary' }),
    fc.array(letters, { maxLength: 20 }).map((parts) => parts.join('')),
  )
  fc.assert(
    // By plain assertions here: an `expect` takes longer than what it looks at.
    fc.property(text, (address) => {
      const id = parseUserId(address)
      if (id !== undefined) {
        assert.equal(parseUserId(id), id)
        assert.doesNotMatch(id, /[:*?[\]{}\s]/)
      }
      const mail = parseMailAddress(address)
      if (mail !== undefined) {
        assert.equal(mail, id)
        assert.match(mail, /^[^@]+@[a-z\d.-]+$/)
      }
    }),
    { numRuns: 2_000 },
  )
})
