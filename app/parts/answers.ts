/** What the API answers, as far as pages read it; the document says all of it. */

export type { SecurityEvent } from '@/lib/auth/operators/shown-event.ts'

export interface Profile {
  id: string
  user: string
  level: number
  plan?: string
  name?: string
  emailVerified: boolean
  createdAt: string | null
}

export interface User extends Omit<Profile, 'id'> {
  id: string | null
  disabled: boolean
}

export interface ApiKey {
  id: string
  name: string
  prefix: string
  scopes: string[]
  /** Null without one. */
  limit: number | null
  createdAt: string
  expiresAt: string | null
  lastUsedAt: string | null
}

export interface NewApiKey extends Omit<ApiKey, 'createdAt' | 'lastUsedAt'> {
  /** Shown this once. */
  key: string
}

export interface OwnSession {
  id: string
  createdAt: string
  lastSeenAt: string
  userAgent: string
  ip: string
  current: boolean
}

export interface Passkey {
  id: string
  name: string
  createdAt: string
  lastUsedAt: string | null
  backedUp: boolean
}

export interface Identity {
  id: string
  provider: string
  address: string
  createdAt: string
}

/** What an account's level is called. */
export function levelName(level: number): string {
  if (level >= 9) return 'Admin'
  return level >= 5 ? 'Editor' : 'User'
}
