/** The purpose of a mail's link: to confirm an address, or to set a new password. */
export type TokenKind = 'verify' | 'reset'

/** How long a link may be used, in milliseconds. */
export const TOKEN_TTL_MS = { verify: 86_400_000, reset: 1_800_000 } as const
