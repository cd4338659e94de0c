import type { DemoUser } from '../seed/users.ts'

/** Prints the demo accounts with the passwords that were just made up. */
export function printUsers(users: readonly DemoUser[]): void {
  for (const { id, level, password } of users) {
    console.log(`  ${id} / ${password ?? '(as set before)'}  level ${level}`)
  }
}
