import { mapRead, type Read } from './client/reply.ts'
import { scriptRead } from './client/script.ts'
import { keys } from './keys.ts'
import { LIST_NETWORKS } from './scripts/networks.ts'

/** A network that an account has signed in from: its HMAC, and when that was last, in epoch milliseconds. */
export interface KnownNetwork {
  network: string
  signedInAt: number
}

/** Lists the networks of an account, the last one first. */
export function networksRead(userId: string): Read<KnownNetwork[]> {
  const read = scriptRead('auth', LIST_NETWORKS, { devicesKey: keys.devicesOf(userId) }, {})
  return mapRead(read, ({ networks }) => networks)
}
