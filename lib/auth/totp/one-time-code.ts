import { sameText } from '../../same-text.ts'

/** RFC 6238 as every authenticator app has it: SHA-1, six digits, 30 seconds. */
const STEP_MS = 30_000
const DIGITS = 6
export const SECRET_BYTES = 20

const BASE32 = 'ABCDEFGHIJKLMNOPQRSTUVWXYZ234567'

/** Base32 without padding (RFC 4648 §6), as people and authenticator apps take a secret. */
export function base32(bytes: Uint8Array): string {
  let text = ''
  let [bits, length] = [0, 0]
  for (const byte of bytes) {
    bits = ((bits << 8) | byte) & 0xfff
    for (length += 8; length >= 5; length -= 5) text += BASE32[(bits >> (length - 5)) & 31]
  }
  return length === 0 ? text : text + BASE32[(bits << (5 - length)) & 31]
}

/** The code of one step. @see [RFC 4226 §5.3](https://www.rfc-editor.org/rfc/rfc4226.html#section-5.3) */
export async function codeOf(secret: Uint8Array<ArrayBuffer>, step: number): Promise<string> {
  const counter = new DataView(new ArrayBuffer(8))
  counter.setUint32(0, Math.floor(step / 2 ** 32))
  counter.setUint32(4, step)
  const algorithm = { name: 'HMAC', hash: 'SHA-1' }
  const key = await crypto.subtle.importKey('raw', secret, algorithm, false, ['sign'])
  const mac = new DataView(await crypto.subtle.sign('HMAC', key, counter))
  const truncated = mac.getUint32(mac.getUint8(19) & 15) & 0x7fffffff
  return String(truncated % 10 ** DIGITS).padStart(DIGITS, '0')
}

/**
 * Finds the step that a code is of: that of now, or the one before or after it.
 *
 * @param nowMs Of the store's clock.
 * @returns The step's number, which is accepted once; undefined for a wrong code.
 * @see [RFC 6238 §5.2](https://www.rfc-editor.org/rfc/rfc6238.html#section-5.2)
 */
export async function stepOf(
  secret: Uint8Array<ArrayBuffer>,
  code: string,
  nowMs: number,
): Promise<number | undefined> {
  const now = Math.floor(nowMs / STEP_MS)
  const steps = [now - 1, now, now + 1]
  const codes = await Promise.all(steps.map((step) => codeOf(secret, step)))
  // All are compared, whichever fits.
  return steps.filter((_, index) => sameText(codes[index] ?? '', code)).at(-1)
}

const RECOVERY_CODES = 10
/** 80 bits: nobody finds one by its hash. */
const RECOVERY_BYTES = 10
export const RECOVERY_CODES_BYTES: number = RECOVERY_CODES * RECOVERY_BYTES

/** Writes random bytes as recovery codes: four groups of four letters and digits. */
export function recoveryCodesOf(random: Uint8Array): string[] {
  return Array.from({ length: RECOVERY_CODES }, (_, index) => {
    const bytes = random.subarray(index * RECOVERY_BYTES, (index + 1) * RECOVERY_BYTES)
    return base32(bytes)
      .toLowerCase()
      .replace(/(.{4})(?!$)/g, '$1-')
  })
}

/** A code as people type it. */
export type TypedCode = { kind: 'totp' | 'recovery'; text: string }

const LONGEST_TYPED = 64

/** Reads a code without the spaces and hyphens that people put into it; undefined for what is none. */
export function parseCode(typed: string): TypedCode | undefined {
  if (typed.length > LONGEST_TYPED) return undefined
  const text = typed.replace(/[\s-]/g, '').toLowerCase()
  if (/^\d{6}$/.test(text)) return { kind: 'totp', text }
  return /^[a-z2-7]{16}$/.test(text) ? { kind: 'recovery', text } : undefined
}
