import { randomBytes } from 'node:crypto'
import { setTimeout } from 'node:timers/promises'
import type { Redis } from '@upstash/redis'
import { createPasswords } from '../lib/auth/passwords/password.ts'
import { keys } from '../lib/store/keys.ts'

/** The demo accounts; `undefined` asks for a password made up and printed. */
const USERS: readonly { id: string; level: number; password: string | undefined }[] = [
  { id: 'me@home.org', level: 0, password: 'password' },
  { id: 'editor@home.org', level: 5, password: undefined },
  { id: 'admin@home.org', level: 9, password: undefined },
]

const passwords = createPasswords((ms) => setTimeout(ms), Date.now)

/** A demo account as `up` prints it; no password when it was there before with one that is not known. */
export interface DemoUser {
  id: string
  level: number
  password: string | undefined
}

/**
 * Creates the demo accounts that do not exist.
 *
 * @param publicPassword Whether `me@home.org` gets the password that everybody knows: in a store
 *   that others reach, it gets one made up like the rest.
 * @param known Passwords of accounts that may be there, by their addresses: told where they hold.
 */
export async function seedUsers(
  redis: Redis,
  {
    publicPassword,
    known = {},
  }: { publicPassword: boolean; known?: Readonly<Record<string, string>> },
): Promise<DemoUser[]> {
  const users: DemoUser[] = []
  for (const { id, level, password: shared } of USERS) {
    if ((await redis.exists(keys.user(id))) === 1) {
      const before = known[id]
      const holds = before !== undefined && (await holdsFor(redis, id, before))
      users.push({ id, level, password: holds ? before : undefined })
      continue
    }
    const madeUp = randomBytes(9).toString('base64url')
    const password = publicPassword ? (shared ?? madeUp) : madeUp
    users.push({ id, level, password })
    const hash = await passwords.hash(password)
    if (!hash.ok) throw new Error(hash.reason)
    await redis.hset(keys.user(id), {
      password: hash.value,
      level: String(level),
      emailVerified: '1',
      createdAt: String(Date.now()),
    })
  }
  return users
}

async function holdsFor(redis: Redis, id: string, password: string): Promise<boolean> {
  const hash = await redis.hget<string>(keys.user(id), 'password')
  const matches = await passwords.matches(password, hash ?? undefined)
  return matches.ok && matches.value
}
