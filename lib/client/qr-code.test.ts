import { expect, test } from '@playwright/test'
import fc from 'fast-check'
import { formatBits, qrCode, remainder } from './qr-code.ts'

test('the correction is that of the worked example for version 1', () => {
  const data = [32, 91, 11, 120, 209, 114, 220, 77, 67, 64, 236, 17, 236, 17, 236, 17]
  expect(remainder(data, 10)).toEqual([196, 35, 39, 119, 235, 215, 231, 226, 93, 23])
})

test('the format of level L is that of the table in the standard', () => {
  const text = (mask: number) => formatBits(mask).map(Number).join('')
  expect([0, 1, 2, 3, 4, 5, 6, 7].map(text)).toEqual([
    '111011111000100',
    '111001011110011',
    '111110110101010',
    '111100010011101',
    '110011000101111',
    '110001100011000',
    '110110001000001',
    '110100101110110',
  ])
})

/** Places of alignment patterns, as the standard lists them. */
const ALIGNMENT: Readonly<Record<number, readonly number[]>> = {
  2: [6, 18],
  6: [6, 34],
  7: [6, 22, 38],
  9: [6, 26, 46],
  13: [6, 34, 62],
  14: [6, 26, 46, 66],
  15: [6, 26, 48, 70],
}

test('every text comes back from its modules, read as a camera reads them', () => {
  fc.assert(
    fc.property(fc.string({ unit: 'grapheme', maxLength: 90 }), (text) => {
      expect(decoded(qrCode(text))).toBe(text)
    }),
    { numRuns: 25 },
  )
  for (const length of [0, 17, 18, 78, 100, 154, 155, 230, 271, 272, 400, 520]) {
    const text = 'otpauth://totp/'.padEnd(length, 'a').slice(0, length)
    expect(decoded(qrCode(text)), String(length)).toBe(text)
  }
  expect(() => qrCode('a'.repeat(521))).toThrow(RangeError)
})

test('finders, timing and alignment stand where the standard has them', () => {
  for (const [version, places] of Object.entries(ALIGNMENT)) {
    const modules = qrCode('a'.repeat(LARGEST[Number(version) - 1] ?? 0))
    expect(modules).toHaveLength(Number(version) * 4 + 17)
    const rows = modules.map((row) => row.map(Number).join(''))
    for (const at of [0, 6]) expect(rows[at]?.slice(0, 8)).toBe('11111110')
    expect(rows[1]?.slice(0, 8)).toBe('10000010')
    const last = places.at(-1) ?? 0
    expect([-2, -1, 0, 1, 2].map((y) => rows[last + y]?.slice(last - 2, last + 3))).toEqual([
      ...['11111', '10001', '10101', '10001', '11111'],
    ])
  }
})

/** Bytes that fit into each version, at level L, as the standard lists them. */
const LARGEST = [17, 32, 53, 78, 106, 134, 154, 192, 230, 271, 321, 367, 425, 458, 520]
const CORRECTION = [7, 10, 15, 20, 26, 18, 20, 24, 30, 18, 20, 24, 26, 30, 22]
const BLOCKS = [1, 1, 1, 1, 1, 2, 2, 2, 2, 4, 4, 4, 4, 4, 6]

/** Reads a code: format, mask, codewords, correction (which must find nothing), text. */
function decoded(modules: boolean[][]): string {
  const size = modules.length
  const version = (size - 17) / 4
  const at = (x: number, y: number): number => Number(modules[y]?.[x] ?? false)
  const format = [0, 1, 2, 3, 4, 5, 7]
    .map((x) => at(x, 8))
    .concat([8, 7, 5, 4, 3, 2, 1, 0].map((y) => at(8, y)))
  const mask = [0, 1, 2, 3, 4, 5, 6, 7].find(
    (number) => formatBits(number).map(Number).join('') === format.join(''),
  )
  if (mask === undefined) throw new Error('no format')
  const bits: number[] = []
  const columns = Array.from({ length: (size - 1) / 2 }, (_, index) => size - 1 - index * 2)
  for (const [turn, column] of columns.entries()) {
    const right = column <= 6 ? column - 1 : column
    for (let step = 0; step < size; step++) {
      const y = turn % 2 === 0 ? size - 1 - step : step
      for (const x of [right, right - 1]) {
        if (!isFunction(x, y, version, size)) bits.push(at(x, y) ^ Number(masked(mask, x, y)))
      }
    }
  }
  const bytes = Array.from({ length: Math.floor(bits.length / 8) }, (_, index) =>
    Number.parseInt(bits.slice(index * 8, index * 8 + 8).join(''), 2),
  )
  const [count = 1, correction = 0] = [BLOCKS[version - 1], CORRECTION[version - 1]]
  const total = bytes.length - count * correction
  const lengths = Array.from(
    { length: count },
    (_, index) => Math.floor(total / count) + Number(index >= count - (total % count)),
  )
  const blocks: number[][] = lengths.map(() => [])
  let next = 0
  for (let round = 0; round < Math.max(...lengths); round++) {
    for (const [index, length] of lengths.entries()) {
      if (round < length) blocks[index]?.push(bytes[next++] ?? 0)
    }
  }
  for (const [index, block] of blocks.entries()) {
    const checks = Array.from(
      { length: correction },
      (_, round) => bytes[total + round * count + index],
    )
    expect(remainder(block, correction)).toEqual(checks)
  }
  const data = blocks
    .flat()
    .map((byte) => byte.toString(2).padStart(8, '0'))
    .join('')
  expect(data.slice(0, 4)).toBe('0100')
  const head = version < 10 ? 12 : 20
  const length = Number.parseInt(data.slice(4, head), 2)
  const text = Array.from({ length }, (_, index) =>
    Number.parseInt(data.slice(head + index * 8, head + index * 8 + 8), 2),
  )
  return new TextDecoder().decode(new Uint8Array(text))
}

function masked(mask: number, x: number, y: number): boolean {
  const [product, sum] = [x * y, x + y]
  return [
    sum % 2 === 0,
    y % 2 === 0,
    x % 3 === 0,
    sum % 3 === 0,
    (Math.floor(y / 2) + Math.floor(x / 3)) % 2 === 0,
    (product % 2) + (product % 3) === 0,
    ((product % 2) + (product % 3)) % 2 === 0,
    ((sum % 2) + (product % 3)) % 2 === 0,
  ][mask] as boolean
}

const PLACES: readonly (readonly number[])[] = [
  [],
  [6, 18],
  [6, 22],
  [6, 26],
  [6, 30],
  [6, 34],
  [6, 22, 38],
  [6, 24, 42],
  [6, 26, 46],
  [6, 28, 50],
  [6, 30, 54],
  [6, 32, 58],
  [6, 34, 62],
  [6, 26, 46, 66],
  [6, 26, 48, 70],
]

function isFunction(x: number, y: number, version: number, size: number): boolean {
  const corner = (x < 9 && y < 9) || (x < 9 && y >= size - 8) || (x >= size - 8 && y < 9)
  if (corner || x === 6 || y === 6) return true
  const isVersion = (a: number, b: number) =>
    version >= 7 && a < 6 && b >= size - 11 && b < size - 8
  if (isVersion(x, y) || isVersion(y, x)) return true
  const places = PLACES[version - 1] ?? []
  const last = places.at(-1)
  return places.some((px) =>
    places.some((py) => {
      const isFinder = (px === 6 && (py === 6 || py === last)) || (px === last && py === 6)
      return !isFinder && Math.abs(px - x) <= 2 && Math.abs(py - y) <= 2
    }),
  )
}
