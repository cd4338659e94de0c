import * as z from 'zod/mini'
import { printable } from '../printable.ts'

/** The longest name, in letters. */
const LONGEST = 100

/** A name that somebody gives to an account or to an API key: what cannot be seen in it is dropped. */
export const nameText: z.ZodMiniString = z.string().check(
  z.maxLength(LONGEST),
  z.refine((name) => !/\p{Cc}/u.test(name) && name.isWellFormed(), {
    error: 'has a control character or half a letter',
  }),
  z.overwrite(printable),
)
