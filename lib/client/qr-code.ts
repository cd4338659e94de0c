/** For each version from 1 up, at the level L of error correction: its blocks, and bytes of correction in each. */
const BLOCKS = [1, 1, 1, 1, 1, 2, 2, 2, 2, 4, 4, 4, 4, 4, 6] as const
const CORRECTION = [7, 10, 15, 20, 26, 18, 20, 24, 30, 18, 20, 24, 26, 30, 22] as const

type Bits = boolean[]
/** Undefined where data goes. */
type Draft = (boolean | undefined)[][]

/**
 * A text as a QR code: in bytes of UTF-8, with error correction L, up to version 15.
 *
 * @returns Its modules, row by row; true is dark.
 * @throws RangeError for more than 520 bytes.
 * @see ISO/IEC 18004:2015
 */
export function qrCode(text: string): boolean[][] {
  const bytes = new TextEncoder().encode(text)
  const version = versionFor(bytes.length)
  const codewords = interleaved(dataCodewords(bytes, version), version)
  const draft = functionPatterns(version)
  const bits = codewords.flatMap((byte) => bitsOf(byte, 8))
  const candidates = MASKS.map((mask, number) => filled(draft, bits, mask, number))
  return candidates.reduce((best, each) => (penalty(each) < penalty(best) ? each : best))
}

function versionFor(length: number): number {
  for (let version = 1; version <= BLOCKS.length; version++) {
    const head = 4 + (version < 10 ? 8 : 16)
    if (head + length * 8 <= dataLength(version) * 8) return version
  }
  throw new RangeError('too long for a QR code')
}

/** Modules that are left beside all patterns, by version. */
function rawModules(version: number): number {
  const alignments = version === 1 ? 0 : Math.floor(version / 7) + 2
  const around = version === 1 ? 0 : (25 * alignments - 10) * alignments - 55
  return (16 * version + 128) * version + 64 - around - (version >= 7 ? 36 : 0)
}

function dataLength(version: number): number {
  const correction = (CORRECTION[version - 1] ?? 0) * (BLOCKS[version - 1] ?? 1)
  return Math.floor(rawModules(version) / 8) - correction
}

function bitsOf(value: number, length: number): Bits {
  return Array.from({ length }, (_, at) => ((value >> (length - 1 - at)) & 1) === 1)
}

/** Mode, length, bytes, an end, and padding. */
function dataCodewords(bytes: Uint8Array, version: number): number[] {
  const capacity = dataLength(version) * 8
  const bits = [
    ...bitsOf(0b0100, 4),
    ...bitsOf(bytes.length, version < 10 ? 8 : 16),
    ...[...bytes].flatMap((byte) => bitsOf(byte, 8)),
  ]
  bits.push(...bitsOf(0, Math.min(4, capacity - bits.length)))
  bits.push(...bitsOf(0, (8 - (bits.length % 8)) % 8))
  const codewords: number[] = []
  for (let at = 0; at < bits.length; at += 8) {
    codewords.push(bits.slice(at, at + 8).reduce((sum, bit) => sum * 2 + Number(bit), 0))
  }
  for (let pad = 0xec; codewords.length < dataLength(version); pad ^= 0xec ^ 0x11) {
    codewords.push(pad)
  }
  return codewords
}

/** The blocks of a version, each with its correction, byte by byte in turn. */
function interleaved(data: readonly number[], version: number): number[] {
  const [count = 1, correction = 0] = [BLOCKS[version - 1], CORRECTION[version - 1]]
  const long = data.length % count
  const short = Math.floor(data.length / count)
  let at = 0
  const blocks = Array.from({ length: count }, (_, index) => {
    const length = short + (index < count - long ? 0 : 1)
    const block = data.slice(at, at + length)
    at += length
    return block
  })
  const checks = blocks.map((block) => remainder(block, correction))
  const inTurn = (parts: readonly number[][]): number[] =>
    Array.from({ length: Math.max(...parts.map((part) => part.length)) }, (_, index) =>
      parts.flatMap((part) => part[index] ?? []),
    ).flat()
  return [...inTurn(blocks), ...inTurn(checks)]
}

/** The correction of Reed and Solomon: what is left of a block divided by the generator. */
export function remainder(block: readonly number[], degree: number): number[] {
  let divisor = [1]
  for (let at = 0, root = 1; at < degree; at++, root = times(root, 2)) {
    const next = [...divisor, 0]
    for (const [index, coefficient] of divisor.entries()) {
      next[index + 1] = (next[index + 1] ?? 0) ^ times(coefficient, root)
    }
    divisor = next
  }
  const rest = [...block, ...Array<number>(degree).fill(0)]
  for (let at = 0; at < block.length; at++) {
    const factor = rest[at] ?? 0
    for (const [index, coefficient] of divisor.entries()) {
      rest[at + index] = (rest[at + index] ?? 0) ^ times(coefficient, factor)
    }
  }
  return rest.slice(block.length)
}

/** In the field of 256 elements, modulo x^8 + x^4 + x^3 + x^2 + 1. */
function times(a: number, b: number): number {
  let product = 0
  for (let bit = 7; bit >= 0; bit--) {
    product = (product << 1) ^ ((product >> 7) * 0x11d)
    product ^= ((b >> bit) & 1) * a
  }
  return product
}

/** Finders, timing, alignment and version; places of the format are taken with light modules. */
function functionPatterns(version: number): Draft {
  const size = version * 4 + 17
  const draft: Draft = Array.from({ length: size }, () => Array<undefined>(size).fill(undefined))
  const set = (x: number, y: number, dark: boolean): void => {
    const row = draft[y]
    if (row !== undefined && x >= 0 && x < size) row[x] = dark
  }
  for (let at = 0; at < size; at++) {
    set(6, at, at % 2 === 0)
    set(at, 6, at % 2 === 0)
  }
  const square = (centerX: number, centerY: number, radius: number, light: readonly number[]) => {
    for (let y = -radius; y <= radius; y++) {
      for (let x = -radius; x <= radius; x++) {
        const ring = Math.max(Math.abs(x), Math.abs(y))
        set(centerX + x, centerY + y, !light.includes(ring))
      }
    }
  }
  for (const [x, y] of [
    [3, 3],
    [size - 4, 3],
    [3, size - 4],
  ] as const)
    square(x, y, 4, [2, 4])
  const places = alignmentPlaces(version, size)
  const last = places.at(-1)
  for (const x of places) {
    for (const y of places) {
      const isFinder = (x === 6 && (y === 6 || y === last)) || (x === last && y === 6)
      if (!isFinder) square(x, y, 2, [1])
    }
  }
  for (const [x, y] of formatPlaces(size)) set(x, y, false)
  set(8, size - 8, true)
  if (version >= 7) {
    const bits = bitsOf((version << 12) | divided(version, 12, 0x1f25), 18).reverse()
    for (const [index, dark] of bits.entries()) {
      const [a, b] = [size - 11 + (index % 3), Math.floor(index / 3)]
      set(a, b, dark)
      set(b, a, dark)
    }
  }
  return draft
}

function alignmentPlaces(version: number, size: number): number[] {
  if (version === 1) return []
  const count = Math.floor(version / 7) + 2
  const step = Math.ceil((version * 4 + 4) / (count * 2 - 2)) * 2
  const rest = Array.from({ length: count - 1 }, (_, index) => size - 7 - index * step)
  return [6, ...rest.reverse()]
}

/** Where the fifteen bits of the format are, the highest first; twice. */
function formatPlaces(size: number): [x: number, y: number][] {
  const first: [number, number][] = [
    ...[0, 1, 2, 3, 4, 5, 7].map((x): [number, number] => [x, 8]),
    ...[8, 7, 5, 4, 3, 2, 1, 0].map((y): [number, number] => [8, y]),
  ]
  const second: [number, number][] = [
    ...[1, 2, 3, 4, 5, 6, 7].map((up): [number, number] => [8, size - up]),
    ...[8, 7, 6, 5, 4, 3, 2, 1].map((left): [number, number] => [size - left, 8]),
  ]
  return [...first, ...second]
}

/** The remainder of a BCH code. */
function divided(value: number, degree: number, generator: number): number {
  let rest = value
  for (let at = 0; at < degree; at++) rest = (rest << 1) ^ ((rest >> (degree - 1)) * generator)
  return rest
}

type Mask = (x: number, y: number) => boolean

const MASKS: readonly Mask[] = [
  (x, y) => (x + y) % 2 === 0,
  (_, y) => y % 2 === 0,
  (x) => x % 3 === 0,
  (x, y) => (x + y) % 3 === 0,
  (x, y) => (Math.floor(x / 3) + Math.floor(y / 2)) % 2 === 0,
  (x, y) => ((x * y) % 2) + ((x * y) % 3) === 0,
  (x, y) => (((x * y) % 2) + ((x * y) % 3)) % 2 === 0,
  (x, y) => (((x + y) % 2) + ((x * y) % 3)) % 2 === 0,
]

/** The fifteen bits that tell the level L and the mask. */
export function formatBits(mask: number): Bits {
  const data = (0b01 << 3) | mask
  return bitsOf(((data << 10) | divided(data, 10, 0x537)) ^ 0x5412, 15)
}

/** Puts the data in, in columns of two from the right, up and down in turn, and the format. */
function filled(draft: Draft, bits: Bits, mask: Mask, number: number): boolean[][] {
  const size = draft.length
  const modules = draft.map((row) => row.map((dark) => dark === true))
  let at = 0
  for (let right = size - 1, up = true; right > 0; right -= 2, up = !up) {
    if (right === 6) right = 5
    for (let step = 0; step < size; step++) {
      const y = up ? size - 1 - step : step
      for (const x of [right, right - 1]) {
        const row = modules[y]
        if (row === undefined || draft[y]?.[x] !== undefined) continue
        row[x] = (bits[at] ?? false) !== mask(x, y)
        at++
      }
    }
  }
  const format = formatBits(number)
  for (const [index, [x, y]] of formatPlaces(size).entries()) {
    const row = modules[y]
    if (row !== undefined) row[x] = format[index % 15] ?? false
  }
  const dark = modules[size - 8]
  if (dark !== undefined) dark[8] = true
  return modules
}

/** How hard to read: long runs, blocks, what looks like a finder, and too much of one colour. */
function penalty(modules: readonly boolean[][]): number {
  const size = modules.length
  const columns = modules.map((_, x) => modules.map((row) => row[x] ?? false))
  let sum = 0
  for (const line of [...modules, ...columns]) {
    const text = line.map((dark) => (dark ? '1' : '0')).join('')
    for (const [run] of text.matchAll(/0{5,}|1{5,}/g)) sum += run.length - 2
    for (const pattern of ['10111010000', '00001011101']) {
      for (let at = text.indexOf(pattern); at >= 0; at = text.indexOf(pattern, at + 1)) sum += 40
    }
  }
  for (let y = 0; y + 1 < size; y++) {
    for (let x = 0; x + 1 < size; x++) {
      const [row, below] = [modules[y], modules[y + 1]]
      const dark = row?.[x]
      if (dark === row?.[x + 1] && dark === below?.[x] && dark === below?.[x + 1]) sum += 3
    }
  }
  const share = modules.flat().filter(Boolean).length / (size * size)
  return sum + Math.floor(Math.abs(share - 0.5) * 20) * 10
}
