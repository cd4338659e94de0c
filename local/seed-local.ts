import { connectAccounts, connectForLoading, loadDemo } from '../seed/load.ts'
import type { DemoUser } from '../seed/users.ts'
import type { Gateway } from './gateway/server.ts'
import { isLocal } from './store.ts'

/** Fills an embedded store, which is empty at every start; leaves every other store alone. */
export async function seedVolatile(gateway: Gateway | undefined): Promise<void> {
  if (gateway === undefined || !gateway.engine.volatile) return
  const users = await loadDemo(connectForLoading(gateway), {
    publicPassword: isLocal(process.env['AUTH_REDIS_REST_URL']),
    accounts: connectAccounts(process.env),
  })
  console.log(
    'No store is configured: using the embedded one. Its data is gone when this process ends.',
  )
  printUsers(users)
}

/** Prints the demo accounts with the passwords that were just made up. */
export function printUsers(users: readonly DemoUser[]): void {
  for (const { id, level, password } of users) {
    console.log(`  ${id} / ${password ?? '(as set before)'}  level ${level}`)
  }
}
