import * as z from 'zod/mini'

/**
 * Runs a check across fields of any object, even where one field alone is faulty, so that one
 * answer names every place. The check must bear fields of any type.
 */
export function isObject({ value }: { value: unknown }): boolean {
  return typeof value === 'object' && value !== null
}

// biome-ignore lint/suspicious/noControlCharactersInRegex: these are what a name may not have
const NO_CONTROLS = /^[^\x00-\x1f\x7f-\x9f]*$/

/** What people call themselves and their API keys: one line of well-formed text. */
export const displayName = z.string().check(
  z.maxLength(100),
  z.regex(NO_CONTROLS, { error: 'has a control character' }),
  z.refine((name) => name.isWellFormed(), { error: 'has half a letter' }),
)
