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

/** A demo account as `up` prints it; no password when the account was there before. */
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
 */
export async function seedUsers(
  redis: Redis,
  { publicPassword }: { publicPassword: boolean },
): Promise<DemoUser[]> {
  const passwords = createPasswords((ms) => setTimeout(ms), Date.now)
  const users: DemoUser[] = []
  for (const { id, level, password: known } of USERS) {
    const madeUp = randomBytes(9).toString('base64url')
    const password = publicPassword ? (known ?? madeUp) : madeUp
    const exists = (await redis.exists(keys.user(id))) === 1
    users.push({ id, level, password: exists ? undefined : password })
    if (exists) continue
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
