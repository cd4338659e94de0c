import { text } from './reply.ts'

/**
 * Whether an account may sign in and stay in: neither disabled nor waiting for its address to be
 * confirmed. People type these fields by hand, so anything but a clear yes is a no; a hash without
 * them is a yes. The scripts say the same in Lua.
 */
export function mayEnter(disabled: unknown, emailVerified: unknown): boolean {
  const enabled = disabled === null || disabled === '' || disabled === '0'
  const verified = emailVerified === null || emailVerified === '1' || emailVerified === 'true'
  return enabled && verified
}

/** An account of this level or more manages others. */
export const ADMIN_LEVEL = 9

/** A level typed by hand that is no plain number counts as the lowest: deny by default. */
export function level(value: unknown): number {
  const typed = text(value) ?? ''
  return /^\d{1,3}$/.test(typed) ? Number(typed) : 0
}
