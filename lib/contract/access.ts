/** Who may do something: everybody, or accounts of a level. */
export type Access = 'public' | 'user' | 'editor' | 'admin'

/** An account of this level or more manages others. */
export const ADMIN_LEVEL = 9

/** The number in an account's `level`, at least. */
export const LEVELS = { user: 0, editor: 5, admin: ADMIN_LEVEL } as const satisfies Record<
  Exclude<Access, 'public'>,
  number
>
