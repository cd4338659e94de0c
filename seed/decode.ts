import { isUtf8 } from 'node:buffer'
import iconv from 'iconv-lite'
import { FileFault } from './rows.ts'

/** The values of `--encoding`, and what they are read as: browsers read Latin-1 so, too. */
const ENCODINGS = {
  'utf-8': 'utf-8',
  latin1: 'windows-1252',
  'windows-1252': 'windows-1252',
  'utf-16le': 'utf-16le',
  'utf-16be': 'utf-16be',
} as const

export type Encoding = keyof typeof ENCODINGS

export const ENCODING_NAMES: readonly string[] = Object.keys(ENCODINGS)

export function isEncoding(name: string): name is Encoding {
  return Object.hasOwn(ENCODINGS, name)
}

const BYTE_ORDER_MARK = '\ufeff'
const LINE_END = 10

/**
 * Decodes the bytes of a file, which come in pieces, without a byte order mark (RFC 8259 §8.1). No byte is
 * replaced: one that cannot be read is named.
 */
export class FileDecoder {
  readonly #encoding: Encoding
  /** The beginning of a character whose end comes with the next piece. */
  #rest: Buffer = Buffer.alloc(0)
  /** Of what was decoded. */
  #bytes = 0
  #lines = 0

  constructor(encoding: Encoding) {
    this.#encoding = encoding
  }

  /** @throws FileFault */
  write(piece: Buffer): string {
    const bytes = Buffer.concat([this.#rest, piece])
    // The first bytes tell what the file is.
    const length = this.#bytes === 0 && bytes.length < 4 ? 0 : wholeLength(bytes, this.#encoding)
    this.#rest = bytes.subarray(length)
    return this.#decode(bytes.subarray(0, length))
  }

  /** @throws FileFault */
  end(): string {
    const bytes = this.#rest
    this.#rest = Buffer.alloc(0)
    if (this.#encoding.startsWith('utf-16') && bytes.length % 2 === 1) {
      throw new FileFault(`is not ${this.#encoding}: its last byte is alone`)
    }
    return this.#decode(bytes)
  }

  #decode(bytes: Buffer): string {
    const isFirst = this.#bytes === 0
    const text = this.#textOf(bytes, isFirst)
    this.#bytes += bytes.length
    this.#lines += linesIn(bytes, bytes.length)
    return isFirst && text.startsWith(BYTE_ORDER_MARK) ? text.slice(1) : text
  }

  #textOf(bytes: Buffer, isFirst: boolean): string {
    switch (this.#encoding) {
      case 'utf-8': {
        const wide = isFirst ? wideEncoding(bytes) : undefined
        if (wide !== undefined) {
          throw new FileFault(`is UTF-16, not UTF-8: save it as UTF-8, or add --encoding ${wide}`)
        }
        if (isUtf8(bytes)) return bytes.toString('utf8')
        throw new FileFault(
          `is not UTF-8: ${this.#place(bytes, firstFault(bytes))}. If it is Latin-1 or Windows-1252, add --encoding latin1`,
        )
      }
      case 'utf-16le':
        return bytes.toString('utf16le')
      case 'utf-16be':
        return Buffer.from(bytes).swap16().toString('utf16le')
      default: {
        const text = iconv.decode(bytes, ENCODINGS[this.#encoding])
        const at = text.indexOf('\ufffd')
        if (at === -1) return text
        throw new FileFault(`is not ${this.#encoding}: ${this.#place(bytes, at)}`)
      }
    }
  }

  #place(bytes: Buffer, at: number): string {
    const byte = bytes[at]?.toString(16).toUpperCase().padStart(2, '0')
    const line = this.#lines + linesIn(bytes, at) + 1
    return `line ${line}, byte offset ${this.#bytes + at}: 0x${byte}`
  }
}

/** How many of these bytes are whole characters, as far as their last ones tell. */
export function wholeLength(bytes: Buffer, encoding: Encoding): number {
  if (encoding.startsWith('utf-16')) return bytes.length - (bytes.length % 2)
  if (encoding !== 'utf-8') return bytes.length
  // A character has four bytes at most; all but its first begin with the bits 10.
  for (let back = 1; back <= Math.min(3, bytes.length); back++) {
    const byte = bytes[bytes.length - back] ?? 0
    if ((byte & 0xc0) === 0x80) continue
    const length = byte >= 0xf0 ? 4 : byte >= 0xe0 ? 3 : byte >= 0xc0 ? 2 : 1
    return length > back ? bytes.length - back : bytes.length
  }
  return bytes.length
}

/** UTF-16 by its byte order mark, or by the zero beside the first letter. */
export function wideEncoding(bytes: Buffer): Encoding | undefined {
  const [first, second] = bytes
  if ((first === 0xff && second === 0xfe) || (first !== 0 && second === 0)) return 'utf-16le'
  if ((first === 0xfe && second === 0xff) || (first === 0 && second !== undefined))
    return 'utf-16be'
  return undefined
}

/** Where the first byte is that is no UTF-8: it became the first U+FFFD that the file does not have. */
function firstFault(bytes: Buffer): number {
  const text = bytes.toString('utf8')
  let offset = 0
  for (let from = 0; ; ) {
    const at = text.indexOf('\ufffd', from)
    offset += Buffer.byteLength(text.slice(from, at))
    if (!bytes.subarray(offset, offset + REPLACEMENT.length).equals(REPLACEMENT)) return offset
    offset += REPLACEMENT.length
    from = at + 1
  }
}

const REPLACEMENT = Buffer.from('\ufffd')

function linesIn(bytes: Buffer, length: number): number {
  let lines = 0
  for (
    let at = bytes.indexOf(LINE_END);
    at !== -1 && at < length;
    at = bytes.indexOf(LINE_END, at + 1)
  )
    lines++
  return lines
}
