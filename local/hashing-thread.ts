import { createPasswords } from '../lib/auth/passwords/password.ts'

/** What a hashing thread is asked: to compare, or to make a hash. */
export type HashingTask =
  | { password: string; hash: string | undefined; make?: never }
  | { password: string; make: true }

/** One at a time, as its pool sees to: nobody waits in this queue, and no pause is needed. */
const passwords = createPasswords(async () => undefined, Date.now, { breathMs: 0 })

/** Runs in a thread of its own: bcrypt blocks nobody else there. */
export default async function hashing(task: HashingTask): Promise<boolean | string> {
  const done = task.make
    ? await passwords.hash(task.password)
    : await passwords.matches(task.password, task.hash)
  if (!done.ok) throw new Error(done.reason)
  return done.value
}
