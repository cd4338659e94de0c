import { base64url } from 'jose'
import { sameText } from './same-text.ts'

/** Keyed hashes: the first signs, each verifies. */
export type Macs = readonly ((text: string) => Promise<string>)[]

/** 128 bits of the mac are enough, and keep the text short. */
const MAC_LENGTH = 22

/**
 * Writes a text that its holder hands back, and cannot make or change.
 *
 * @param context What it is for: elsewhere it does not open.
 */
export async function signText(text: string, context: string, [mac]: Macs): Promise<string> {
  if (mac === undefined) throw new TypeError('no key for signed texts')
  return `${base64url.encode(text)}.${(await mac(`${context}\n${text}`)).slice(0, MAC_LENGTH)}`
}

/** The text that was signed for this; undefined when it was not. */
export async function openText(
  signed: string,
  context: string,
  macs: Macs,
): Promise<string | undefined> {
  const [encoded = '', sent = '', ...rest] = signed.split('.')
  const text = decodeText(encoded)
  if (text === undefined || rest.length > 0) return undefined
  for (const mac of macs) {
    const expected = (await mac(`${context}\n${text}`)).slice(0, MAC_LENGTH)
    if (sameText(expected, sent)) return text
  }
  return undefined
}

/** The text that was written as base64url; undefined when it was none. */
export function decodeText(encoded: string): string | undefined {
  try {
    // A byte order mark is a letter of the id like any other.
    const decoder = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true })
    return decoder.decode(base64url.decode(encoded))
  } catch {
    return undefined
  }
}
