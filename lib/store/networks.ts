import { mapRead, type Read } from './client/reply.ts'
import { scriptRead } from './client/script.ts'
import { keys } from './keys.ts'
import { LIST_NETWORKS } from './scripts/networks.ts'

/** When an account signed in last from each network it is known to, in epoch milliseconds; the last one first. */
export function networksRead(userId: string): Read<{ signedInAt: number }[]> {
  const read = scriptRead('auth', LIST_NETWORKS, { devicesKey: keys.devicesOf(userId) }, {})
  return mapRead(read, ({ networks }) => networks)
}
