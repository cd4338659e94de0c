import * as z from 'zod/mini'
import { type AccessCode, fail, ok, type Result } from '../errors.ts'
import { listQuery, nextCursor, pageOf } from '../paging.ts'
import { accountsOf, accountsRead, setRights } from '../store/administration.ts'
import type { Read } from '../store/reply.ts'
import { level } from '../store/rules.ts'
import { type Account, profileRead } from '../store/users.ts'
import { LEVELS } from './levels.ts'
import type { AuthCall } from './types.ts'
import { parseUserId } from './user-id.ts'

/** An account as an admin sees it. */
export interface User {
  user: string
  level: number
  name?: string
  emailVerified: boolean
  disabled: boolean
  /** RFC 3339; null for a hash that was typed by hand. */
  createdAt: string | null
}

interface UsersCall<input> extends AuthCall<input> {
  id: string | undefined
  read<value>(read: Read<value>): Promise<Result<value, AccessCode>>
}

/** One of the two at least. */
export const changeUserInput = z
  .strictObject({
    level: z.optional(z.int().check(z.minimum(0), z.maximum(LEVELS.admin))),
    disabled: z.optional(z.boolean()),
  })
  .check(
    z.refine(({ level, disabled }) => level !== undefined || disabled !== undefined, {
      error: 'names neither level nor disabled',
    }),
  )

/** Lists accounts by address, in pages. For admins. */
export async function listUsers(
  call: UsersCall<z.output<typeof listQuery>>,
): Promise<Result<{ data: User[]; nextCursor: string | null }, AccessCode>> {
  const page = await call.read(accountsRead(pageOf(call.input)))
  if (!page.ok) return page
  const data = accountsOf(page.value).map(({ userId, account }) => user(userId, account))
  return ok({ data, nextCursor: nextCursor(page.value) })
}

/**
 * Sets an account's level, or disables or enables it. In force on the account's next request;
 * disabling ends its sessions.
 *
 * @returns The account; `not-found`; `conflict` when nobody would be left who can do this.
 */
export async function changeUser(
  call: UsersCall<z.output<typeof changeUserInput>>,
): Promise<Result<User, 'not-found' | 'conflict' | AccessCode>> {
  const userId = parseUserId(call.id ?? '')
  if (userId === undefined) return fail('not-found', 'not an account id')
  const { level: newLevel, disabled } = call.input
  const status = await setRights(call.store, userId, { level: newLevel, disabled }, LEVELS.admin)
  switch (status) {
    case 'unknown':
      return fail('not-found', 'no such account')
    case 'last-admin':
      return fail('conflict', 'last admin', { detail: 'This is the last admin.' })
    case 'done': {
      const about = { user: userId, by: call.principal?.userId }
      if (newLevel !== undefined) call.report('level.changed', { ...about, level: newLevel })
      if (disabled !== undefined) call.report(disabled ? 'user.disabled' : 'user.enabled', about)
      const [account] = await call.store.read(profileRead(userId))
      // Written at the primary a moment ago: a replica may not have it yet.
      const current = {
        ...account,
        level: newLevel === undefined ? account.level : String(newLevel),
        disabled: disabled ?? account.disabled,
      }
      return ok(user(userId, current))
    }
  }
}

function user(userId: string, account: Account): User {
  const { name, emailVerified, disabled, createdAt } = account
  return {
    user: userId,
    level: level(account.level),
    ...(name === undefined ? {} : { name }),
    emailVerified,
    disabled,
    createdAt: createdAt === undefined ? null : new Date(createdAt).toISOString(),
  }
}

export const listUsersCase = { input: listQuery, run: listUsers }
export const changeUserCase = { input: changeUserInput, run: changeUser }
