import { randomBytes } from 'node:crypto'
import type { Redis } from '@upstash/redis'
import { createPasswords } from '../lib/auth/password.ts'
import { keys } from '../lib/store/keys.ts'
import { USERS } from './data.ts'

/** A demo account as `up` prints it; no password when the account was there before. */
export interface DemoUser {
  id: string
  level: number
  password: string | undefined
}

/** Creates the demo accounts that do not exist. For a local store alone: one password is public. */
export async function seedUsers(redis: Redis): Promise<DemoUser[]> {
  const passwords = createPasswords(async () => undefined)
  const users: DemoUser[] = []
  for (const { id, level, password = randomBytes(9).toString('base64url') } of USERS) {
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
