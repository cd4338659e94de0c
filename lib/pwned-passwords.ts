import type { Log } from './log.ts'

/** Whether a password is in a published breach; `false` also when nobody could be asked. */
export type BreachCheck = (password: string) => Promise<boolean>

const PATIENCE_MS = 1_000

/**
 * Makes a check against Have I Been Pwned's range API: it is sent five
 * digits of the password's SHA-1, and the rest is compared here. If the service is away or slow, the
 * password counts as not breached.
 *
 * @param url The range endpoint, such as `https://api.pwnedpasswords.com/range/`; undefined: off.
 *
 * @see https://haveibeenpwned.com/API/v3#PwnedPasswords
 */
export function createBreachCheck(
  url: string | undefined,
  ask: typeof fetch,
  log: Log,
): BreachCheck {
  if (url === undefined) return async () => false
  const endpoint = url.endsWith('/') ? url : `${url}/`
  return async (password) => {
    const digest = await crypto.subtle.digest('SHA-1', new TextEncoder().encode(password))
    const hex = [...new Uint8Array(digest)].map((byte) => byte.toString(16).padStart(2, '0'))
    const sha1 = hex.join('').toUpperCase()
    try {
      const response = await ask(`${endpoint}${sha1.slice(0, 5)}`, {
        headers: { 'Add-Padding': 'true' },
        redirect: 'manual',
        cache: 'no-store',
        signal: AbortSignal.timeout(PATIENCE_MS),
      })
      if (!response.ok) throw new TypeError(`status ${response.status}`)
      // Padding is lines with the count 0.
      const lines = (await response.text()).split('\n').map((line) => line.trim().split(':'))
      return lines.some(([suffix, count]) => suffix === sha1.slice(5) && Number(count) > 0)
    } catch (error) {
      const reason = error instanceof Error ? error.name : 'unknown'
      log('warn', 'breach-check.skipped', { reason })
      return false
    }
  }
}
