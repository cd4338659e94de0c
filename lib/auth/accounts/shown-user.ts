import { level } from '../../store/rules.ts'
import type { Account } from '../../store/users.ts'
import type { PlanDeps } from '../types.ts'

/** An account as an admin sees it. */
export interface User {
  /** The opaque id; null until the first sign-in of an account that was typed by hand. */
  id: string | null
  user: string
  level: number
  /** The name of the plan. */
  plan: string
  name?: string
  emailVerified: boolean
  disabled: boolean
  /** RFC 3339; null for a hash that was typed by hand. */
  createdAt: string | null
}

/** An account of its record. */
export function shownUser(
  user: string,
  account: Account,
  { plans }: Pick<PlanDeps, 'plans'>,
): User {
  const { accountId, name, emailVerified, disabled, createdAt } = account
  return {
    id: accountId ?? null,
    user,
    level: level(account.level),
    plan: plans.of(account.plan).name,
    ...(name === undefined ? {} : { name }),
    emailVerified,
    disabled,
    createdAt: createdAt === undefined ? null : new Date(createdAt).toISOString(),
  }
}
