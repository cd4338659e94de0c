/** The bytes are not what the format says. */
export class FileFault extends Error {
  override readonly name = 'FileFault'
}

/** Puts numbers and bytes one after the other; numbers are little-endian. */
export class ByteWriter {
  #bytes = Buffer.allocUnsafe(256)
  #length = 0

  get length(): number {
    return this.#length
  }

  u8(value: number): void {
    const at = this.#take(1)
    this.#bytes.writeUInt8(value, at)
  }

  u32(value: number): void {
    const at = this.#take(4)
    this.#bytes.writeUInt32LE(value, at)
  }

  u64(value: bigint): void {
    const at = this.#take(8)
    this.#bytes.writeBigUInt64LE(value, at)
  }

  f64(value: number): void {
    const at = this.#take(8)
    this.#bytes.writeDoubleLE(value, at)
  }

  /** Bytes behind their length. */
  blob(value: Buffer): void {
    this.u32(value.length)
    this.raw(value)
  }

  raw(value: Buffer): void {
    const at = this.#take(value.length)
    value.copy(this.#bytes, at)
  }

  /** A copy of what was written so far. */
  done(): Buffer {
    return Buffer.from(this.#bytes.subarray(0, this.#length))
  }

  /** Makes room. `#bytes` may be another buffer afterwards. */
  #take(count: number): number {
    const at = this.#length
    this.#length += count
    if (this.#length > this.#bytes.length) {
      const larger = Buffer.allocUnsafe(Math.max(this.#length, 2 * this.#bytes.length))
      this.#bytes.copy(larger, 0, 0, at)
      this.#bytes = larger
    }
    return at
  }
}

/** Reads what a {@link ByteWriter} wrote; throws a {@link FileFault} where there is less. */
export class ByteReader {
  readonly #bytes: Buffer
  #at = 0

  constructor(bytes: Buffer) {
    this.#bytes = bytes
  }

  get at(): number {
    return this.#at
  }

  get atEnd(): boolean {
    return this.#at === this.#bytes.length
  }

  u8(): number {
    return this.#bytes.readUInt8(this.#take(1))
  }

  u32(): number {
    return this.#bytes.readUInt32LE(this.#take(4))
  }

  u64(): bigint {
    return this.#bytes.readBigUInt64LE(this.#take(8))
  }

  f64(): number {
    return this.#bytes.readDoubleLE(this.#take(8))
  }

  blob(): Buffer {
    return this.raw(this.u32())
  }

  raw(count: number): Buffer {
    const at = this.#take(count)
    return this.#bytes.subarray(at, at + count)
  }

  #take(count: number): number {
    const at = this.#at
    if (count > this.#bytes.length - at) throw new FileFault('a record is longer than its block')
    this.#at += count
    return at
  }
}
