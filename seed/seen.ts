import { createHash } from 'node:crypto'

/** Bits of a text, in words of 32: texts whose bits are the same are taken for one. */
export type Bits = (text: string) => Uint32Array

const FIRST_SLOTS = 1_024
/** A third stays free: what looks for a slot finds one soon. */
const MOST_FULL = 2 / 3

/**
 * Texts of a file, each with a number. Some bits are kept of a text, in one block of memory: millions of them are
 * no matter for the garbage collector.
 */
export class Seen {
  readonly #bitsOf: Bits
  readonly #words: number
  /** Slots: the bits of a text, and its number and 1; 0 where there is none. */
  #table: Uint32Array
  #size = 0

  constructor(bitsOf: Bits = digestOf) {
    this.#bitsOf = bitsOf
    this.#words = bitsOf('').length
    this.#table = new Uint32Array(FIRST_SLOTS * (this.#words + 1))
  }

  /** How many texts there are. */
  get size(): number {
    return this.#size
  }

  /** The number of a text; undefined for one that is not there. */
  get(text: string): number | undefined {
    const number = this.#table[this.#slotOf(this.#bitsOf(text)) + this.#words] ?? 0
    return number === 0 ? undefined : number - 1
  }

  /** @param number From 0 to 4,294,967,294. */
  set(text: string, number = 0): void {
    const bits = this.#bitsOf(text)
    const slot = this.#slotOf(bits)
    if (this.#table[slot + this.#words] === 0) {
      this.#size++
      this.#table.set(bits, slot)
    }
    this.#table[slot + this.#words] = number + 1
    if (this.#size > this.#slots * MOST_FULL) this.#grow()
  }

  get #slots(): number {
    return this.#table.length / (this.#words + 1)
  }

  /** Where a text is, or would be. */
  #slotOf(bits: Uint32Array): number {
    const last = this.#slots - 1
    for (let at = (bits[0] ?? 0) & last; ; at = (at + 1) & last) {
      const slot = at * (this.#words + 1)
      if (this.#table[slot + this.#words] === 0) return slot
      if (bits.every((word, index) => this.#table[slot + index] === word)) return slot
    }
  }

  #grow(): void {
    const [before, width] = [this.#table, this.#words + 1]
    this.#table = new Uint32Array(before.length * 2)
    for (let slot = 0; slot < before.length; slot += width) {
      if (before[slot + width - 1] === 0) continue
      const found = before.subarray(slot, slot + width)
      this.#table.set(found, this.#slotOf(found.subarray(0, width - 1)))
    }
  }
}

/** 128 bits of SHA-256: no two texts are taken for one. */
function digestOf(text: string): Uint32Array {
  const digest = createHash('sha256').update(text).digest()
  // A copy begins where words may begin.
  return new Uint32Array(Uint8Array.from(digest).buffer, 0, 4)
}

const quick = new Uint32Array(2)

/** 64 bits, quickly: for what a rare mistake does no harm to. The words are the next text's, too. */
export function quickBitsOf(text: string): Uint32Array {
  let [high, low] = [0xdeadbeef, 0x41c6ce57]
  for (let at = 0; at < text.length; at++) {
    const unit = text.charCodeAt(at)
    high = Math.imul(high ^ unit, 2_654_435_761)
    low = Math.imul(low ^ unit, 1_597_334_677)
  }
  high =
    Math.imul(high ^ (high >>> 16), 2_246_822_507) ^ Math.imul(low ^ (low >>> 13), 3_266_489_909)
  low =
    Math.imul(low ^ (low >>> 16), 2_246_822_507) ^ Math.imul(high ^ (high >>> 13), 3_266_489_909)
  quick[0] = high
  quick[1] = low
  return quick
}
