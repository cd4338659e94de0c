import { sha256 } from '../../hash.ts'
import { randomText } from '../../random-text.ts'

/** An API key as it is presented: where its record is, and the hash that the record must have. */
export interface PresentedKey {
  id: string
  /** SHA-256 of the whole key, base64url: all that the store keeps of it. */
  hash: string
}

export interface MintedKey extends PresentedKey {
  /** Shown once. */
  key: string
  /** The key without its secret, to tell keys apart. */
  prefix: string
}

/** Production, or loopback. */
export type KeyEnvironment = 'live' | 'test'

const ALPHABET = '0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz'
const ID_LENGTH = 16
/** 190 bits. */
const SECRET_LENGTH = 32
const CHECKSUM_LENGTH = 6
const KEY = /^(usher_(?:live|test)_([0-9A-Za-z]{16})_[0-9A-Za-z]{32})([0-9A-Za-z]{6})$/

/**
 * Makes a key of the form `usher_<env>_<id>_<secret>`, the last six characters of which are a CRC-32
 * of all before, so that a secret scanner can tell a key from what looks like one.
 *
 * @param id Of the key whose secret is replaced.
 * @see https://github.blog/engineering/behind-githubs-new-authentication-token-formats/
 */
export async function mintApiKey(
  environment: KeyEnvironment,
  id: string = randomText(ID_LENGTH),
): Promise<MintedKey> {
  const prefix = `usher_${environment}_${id}`
  const body = `${prefix}_${randomText(SECRET_LENGTH)}`
  const key = `${body}${checksum(body)}`
  return { id, key, prefix, hash: await sha256(key) }
}

/** Reads a key; undefined for what is none of this deployment: mistyped ones cost no round trip. */
export async function readApiKey(
  environment: KeyEnvironment,
  text: string,
): Promise<PresentedKey | undefined> {
  const [, body = '', id = '', sum] = KEY.exec(text) ?? []
  if (!body.startsWith(`usher_${environment}_`) || checksum(body) !== sum) return undefined
  return { id, hash: await sha256(text) }
}

/** CRC-32 (ISO 3309) in base 62. */
function checksum(text: string): string {
  let crc = 0xffffffff
  for (let index = 0; index < text.length; index++) {
    crc ^= text.charCodeAt(index)
    for (let bit = 0; bit < 8; bit++) crc = (crc >>> 1) ^ (crc & 1 ? 0xedb88320 : 0)
  }
  let left = (crc ^ 0xffffffff) >>> 0
  let written = ''
  for (let place = 0; place < CHECKSUM_LENGTH; place++) {
    written = `${ALPHABET[left % ALPHABET.length]}${written}`
    left = Math.floor(left / ALPHABET.length)
  }
  return written
}
