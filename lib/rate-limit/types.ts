import type { ClearedPolicyName, PolicyName } from './policies.ts'

/** What a policy says of one request. */
export interface Decision<name extends PolicyName = PolicyName> {
  policy: name
  allowed: boolean
  limit: number
  windowSeconds: number
  remaining: number
  /** Seconds until the window ends, at least 1. */
  resetSeconds: number
  /** Which window since the epoch. */
  windowNumber: number
  /** Denied before in this window, to this isolate's knowledge. */
  remembered: boolean
}

/** What an answer's header fields say of a quota. */
export type QuotaState = Pick<
  Decision,
  'policy' | 'limit' | 'windowSeconds' | 'remaining' | 'resetSeconds'
>

/** A decision, and whom it was about. */
export interface Counted<name extends PolicyName = PolicyName> {
  decision: Decision<name>
  partition: Partition
}

/** How much of a count can be given back: all of it, only where a success clears it. */
export type GivenBack<name extends PolicyName> = name extends ClearedPolicyName
  ? 'one' | 'all'
  : 'one'

/**
 * Who is counted, and the wider network that is counted too, with a wider limit; `factor` times the
 * policy's limit, if not once; `shared` when no client address is known: one bucket for all.
 */
export type Partition = { key: string; wider?: string; factor?: number } | 'shared'

/** Keeps a promise alive after the answer is sent. */
export type WaitUntil = (promise: Promise<unknown>) => void
