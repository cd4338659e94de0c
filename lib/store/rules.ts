import { text } from './client/reply.ts'

/**
 * What the two fields of an account say when it may enter. People type them by hand, so anything but
 * a clear yes is a no; a hash without them is a yes. The scripts have the same rule, made of this table.
 */
export const ENTERS = { disabled: ['', '0'], emailVerified: ['1', 'true'] } as const

/**
 * Whether an account may sign in and stay in: neither disabled nor waiting for its address to be
 * confirmed.
 */
export function mayEnter(disabled: string | undefined, emailVerified: string | undefined): boolean {
  const enabled = isAbsentOr(ENTERS.disabled, disabled)
  const verified = isAbsentOr(ENTERS.emailVerified, emailVerified)
  return enabled && verified
}

function isAbsentOr(words: readonly string[], value: string | undefined): boolean {
  return value === undefined || words.includes(value)
}

/** A level typed by hand that is no plain number counts as the lowest: deny by default. */
export function level(value: unknown): number {
  const typed = text(value) ?? ''
  return /^\d{1,3}$/.test(typed) ? Number(typed) : 0
}

/** The plan of an account that names none. */
export const DEFAULT_PLAN = 'free'

/** The name of a plan, as an account has it. Whether there is such a plan is not judged here. */
export function planName(value: unknown): string {
  return text(value) || DEFAULT_PLAN
}
