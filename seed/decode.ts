import { constants, isUtf8 } from 'node:buffer'
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

/**
 * The text of a file, without a byte order mark. No byte is replaced: one that cannot be read is
 * named.
 *
 * @throws FileFault
 */
export function decode(bytes: Buffer, encoding: Encoding = 'utf-8'): string {
  // Two bytes a character at most become less text; UTF-8 and Latin-1 never become more.
  if (bytes.length > constants.MAX_STRING_LENGTH) throw new FileFault('is too large: split it')
  if (encoding === 'utf-8') return decodeUtf8(bytes)
  if (encoding.startsWith('utf-16')) {
    if (bytes.length % 2 === 1) throw new FileFault(`is not ${encoding}: its last byte is alone`)
    return iconv.decode(bytes, ENCODINGS[encoding])
  }
  const text = iconv.decode(bytes, ENCODINGS[encoding])
  const at = text.indexOf('\ufffd')
  if (at !== -1) throw new FileFault(`is not ${encoding}: ${place(bytes, at)}`)
  return text
}

function decodeUtf8(bytes: Buffer): string {
  const wide = wideEncoding(bytes)
  if (wide !== undefined) {
    throw new FileFault(`is UTF-16, not UTF-8: save it as UTF-8, or add --encoding ${wide}`)
  }
  // A byte order mark is no part of the text (RFC 8259 §8.1).
  if (isUtf8(bytes)) return bytes.toString('utf8').replace(/^\ufeff/, '')
  throw new FileFault(
    `is not UTF-8: ${place(bytes, firstFault(bytes))}. If it is Latin-1 or Windows-1252, add --encoding latin1`,
  )
}

/** UTF-16 by its byte order mark, or by the zero beside the first letter. */
function wideEncoding(bytes: Buffer): Encoding | undefined {
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

function place(bytes: Buffer, offset: number): string {
  const byte = bytes[offset]?.toString(16).toUpperCase().padStart(2, '0')
  let line = 1
  for (let end = bytes.indexOf(10); end !== -1 && end < offset; end = bytes.indexOf(10, end + 1))
    line++
  return `line ${line}, byte offset ${offset}: 0x${byte}`
}
