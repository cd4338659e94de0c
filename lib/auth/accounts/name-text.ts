import * as z from 'zod/mini'
import { printable } from '../../printable.ts'

/** The longest name, in letters. */
const LONGEST = 100
// biome-ignore lint/suspicious/noControlCharactersInRegex: these are what a name may not have
const NO_CONTROLS = /^[^\x00-\x1f\x7f-\x9f]*$/

/** A name that somebody gives to an account or to an API key: what cannot be seen in it is dropped. */
export const nameText: z.ZodMiniString = z.string().check(
  z.maxLength(LONGEST),
  z.regex(NO_CONTROLS, { error: 'has a control character' }),
  z.refine((name) => name.isWellFormed(), { error: 'has half a letter' }),
  z.overwrite(printable),
)
