import { ADMIN_LEVEL } from '../store/rules.ts'

/** Who may do something: everybody, or accounts of a level. */
export type Access = 'public' | 'user' | 'editor' | 'admin'

/** The number in an account's `level`, at least. */
export const LEVELS = { user: 0, editor: 5, admin: ADMIN_LEVEL } as const satisfies Record<
  Exclude<Access, 'public'>,
  number
>
