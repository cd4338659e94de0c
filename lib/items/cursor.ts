import { base64url } from 'jose'
import { decodeCursor } from '../paging.ts'
import { sameText } from '../same-text.ts'
import type { CollectionDeps } from './types.ts'

/** 128 bits of the mac are enough, and keep the cursor short. */
const MAC_LENGTH = 22

/**
 * Writes a place in a list as an opaque text: a client cannot make one, nor use it on another list.
 *
 * @param fingerprint Of the list: see `queryFingerprint`.
 */
export async function sealCursor(
  place: string,
  fingerprint: string,
  { cursorMacs }: Pick<CollectionDeps, 'cursorMacs'>,
): Promise<string> {
  const [mac] = cursorMacs
  if (mac === undefined) throw new TypeError('no key for cursors')
  return `${base64url.encode(place)}.${(await mac(`${fingerprint}\n${place}`)).slice(0, MAC_LENGTH)}`
}

/** The place behind a cursor; undefined when it is not one of this list's. */
export async function openCursor(
  cursor: string,
  fingerprint: string,
  { cursorMacs }: Pick<CollectionDeps, 'cursorMacs'>,
): Promise<string | undefined> {
  const [encoded = '', sent = '', ...rest] = cursor.split('.')
  const place = decodeCursor(encoded)
  if (place === undefined || rest.length > 0) return undefined
  for (const mac of cursorMacs) {
    const expected = (await mac(`${fingerprint}\n${place}`)).slice(0, MAC_LENGTH)
    if (sameText(expected, sent)) return place
  }
  return undefined
}
