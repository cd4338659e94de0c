import type { StoredEvent } from '../../store/event-list.ts'

/** One security event. */
export interface SecurityEvent {
  id: string
  type: string
  /** RFC 3339, of the store's clock. */
  at: string
  user?: string
  by?: string
  session?: string
  level?: number
  plan?: string
  key?: string
  passkey?: string
  policy?: string
  operation?: string
  provider?: string
  identity?: string
  block?: string
  address?: string
  ip?: string
  requestId?: string
}

const LAST_DATE_MS = 8.64e15

/** An event of its entry in the stream. */
export function shownEvent({ id, fields }: StoredEvent): SecurityEvent {
  const { type = '', level, ...rest } = fields
  const at = new Date(Math.min(Number(id.split('-')[0]), LAST_DATE_MS)).toISOString()
  return { id, type, at, ...rest, ...(level === undefined ? {} : { level: Number(level) }) }
}
