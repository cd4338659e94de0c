/** The kinds of security events. */
export const EVENT_TYPES = [
  'signin.succeeded',
  'signin.failed',
  'session.ended',
  'token.reused',
  'throttled',
  'access.refused',
  'account.registered',
  'account.deleted',
  'email.verified',
  'password.changed',
  'password.reset',
  'level.changed',
  'plan.changed',
  'user.disabled',
  'user.enabled',
  'user.unlocked',
  'key.created',
  'key.rolled',
  'key.deleted',
  'block.created',
  'block.deleted',
] as const

export type SecurityEventType = (typeof EVENT_TYPES)[number]
