import type { TestStore } from './fixtures.ts'

/** Makes an account of one test alone, with the password `password`. */
export async function account(
  store: TestStore,
  user: string,
  fields: Record<string, string> = {},
): Promise<{ user: string; password: string }> {
  const password = String(await store.call('HGET', 'user:me@home.org', 'password'))
  await store.call('DEL', `user:${user}`)
  const all = { password, level: '0', createdAt: '1790000000000', ...fields }
  await store.call('HSET', `user:${user}`, ...Object.entries(all).flat())
  return { user, password: 'password' }
}

/** The session that a token belongs to. */
export function sessionOf(token: string): string {
  return JSON.parse(Buffer.from(token.split('.')[1] ?? '', 'base64url').toString()).sid
}

/** Takes their level from the admins that other tests have made. */
export async function leaveOneAdmin(store: TestStore, user: string): Promise<void> {
  for (const key of (await store.call('KEYS', 'user:*')) as string[]) {
    const isOther = key !== `user:${user}` && (await store.call('HGET', key, 'level')) === '9'
    if (isOther) await store.call('HSET', key, 'level', '0')
  }
}
