import { createHash, randomBytes } from 'node:crypto'

/**
 * Which keys were met, in eight to sixteen bytes each: SCAN names some twice, and what a file has already
 * is not read again. The salt keeps anybody from making two keys that count as one.
 */
export class Seen {
  readonly #salt = randomBytes(16)
  #table = new BigUint64Array(1 << 12)
  #count = 0

  has(key: Buffer): boolean {
    const mark = this.#markOf(key)
    return this.#table[this.#placeOf(mark)] === mark
  }

  add(key: Buffer): void {
    if (2 * ++this.#count > this.#table.length) this.#grow()
    const mark = this.#markOf(key)
    this.#table[this.#placeOf(mark)] = mark
  }

  #grow(): void {
    const old = this.#table
    this.#table = new BigUint64Array(2 * old.length)
    for (const mark of old) if (mark !== 0n) this.#table[this.#placeOf(mark)] = mark
  }

  /** Where a mark is, or belongs. */
  #placeOf(mark: bigint): number {
    let place = Number(mark & BigInt(this.#table.length - 1))
    while (this.#table[place] !== 0n && this.#table[place] !== mark) {
      place = (place + 1) % this.#table.length
    }
    return place
  }

  /** Never 0, which is an empty place. */
  #markOf(key: Buffer): bigint {
    const digest = createHash('sha256').update(this.#salt).update(key).digest()
    return digest.readBigUInt64LE(0) || 1n
  }
}
