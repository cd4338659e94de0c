import { expect, test } from '@playwright/test'
import fc from 'fast-check'
import { Secret, TOTP } from 'otpauth'
import { base32, codeOf, parseCode, recoveryCodesOf, stepOf } from './one-time-code.ts'

/** The secret of RFC 6238, appendix B, and its codes of six digits. */
const RFC_SECRET = new TextEncoder().encode('12345678901234567890')
const RFC_CODES: [seconds: number, code: string][] = [
  [59, '287082'],
  [1_111_111_109, '081804'],
  [1_111_111_111, '050471'],
  [1_234_567_890, '005924'],
  [2_000_000_000, '279037'],
  [20_000_000_000, '353130'],
]

test('the codes of RFC 6238, appendix B', async () => {
  for (const [seconds, code] of RFC_CODES) {
    expect(await codeOf(RFC_SECRET, Math.floor(seconds / 30)), String(seconds)).toBe(code)
  }
})

test('secrets and codes are those of another implementation', async () => {
  const secrets = fc.uint8Array({ minLength: 20, maxLength: 20 })
  const times = fc.nat({ max: 10_000_000_000 })
  await fc.assert(
    fc.asyncProperty(secrets, times, async (bytes, seconds) => {
      const secret = new Uint8Array(bytes)
      const other = new TOTP({ secret: Secret.fromBase32(base32(secret)) })
      const code = other.generate({ timestamp: seconds * 1_000 })
      expect(await codeOf(secret, Math.floor(seconds / 30))).toBe(code)
    }),
    { numRuns: 200 },
  )
})

test('base32 of any length has no padding, and is read back by others', () => {
  fc.assert(
    fc.property(fc.uint8Array({ maxLength: 40 }), (bytes) => {
      const text = base32(bytes)
      expect(text).toMatch(/^[A-Z2-7]*$/)
      expect(text).toHaveLength(Math.ceil((bytes.length * 8) / 5))
      expect([...new Uint8Array(Secret.fromBase32(text).buffer)]).toEqual([...bytes])
    }),
  )
})

test('a code is of the step of now, or the one before or after, and of no other', async () => {
  const nowMs = 1_790_000_000_000
  const now = Math.floor(nowMs / 30_000)
  for (const [distance, expected] of [
    [-2, undefined],
    [-1, now - 1],
    [0, now],
    [1, now + 1],
    [2, undefined],
  ] as const) {
    const code = await codeOf(RFC_SECRET, now + distance)
    expect(await stepOf(RFC_SECRET, code, nowMs), String(distance)).toBe(expected)
  }
  expect(await stepOf(RFC_SECRET, '', nowMs)).toBeUndefined()
})

test('codes are read as people type them, and nothing else is one', () => {
  expect(parseCode(' 287 082 ')).toEqual({ kind: 'totp', text: '287082' })
  expect(parseCode('ABCD-efgh ijkl-mnop')).toEqual({ kind: 'recovery', text: 'abcdefghijklmnop' })
  for (const none of [
    '',
    '28708',
    '2870820',
    '２８７０８２',
    'abcd-efgh-ijkl-mno',
    '0123456789abcdef',
  ]) {
    expect(parseCode(none), none).toBeUndefined()
  }
  expect(parseCode(`${' '.repeat(60)}287082`)).toBeUndefined()
})

test('ten recovery codes of 80 bits each, none like another', () => {
  const codes = recoveryCodesOf(crypto.getRandomValues(new Uint8Array(100)))
  expect(new Set(codes).size).toBe(10)
  for (const code of codes) {
    expect(code).toMatch(/^[a-z2-7]{4}(-[a-z2-7]{4}){3}$/)
    expect(parseCode(code)?.kind).toBe('recovery')
  }
})
