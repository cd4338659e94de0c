import { StoreUnavailable } from '../../lib/contract/problems.ts'
import type { Database } from '../../lib/store/client/redis.ts'
import { errorWord } from '../../lib/store/client/reply.ts'
import { currentSight, type Sight } from '../../lib/store/client/sync.ts'
import type { Reply } from '../../lib/store/client/transport.ts'
import { Queue } from './queue.ts'

export type Command = readonly (string | number)[]

/** What commands are for: the reads of the store see what its writes did; of counts they know nothing. */
export type Purpose = 'read' | 'write' | 'count'

/**
 * Carries commands to a database in one round trip. An error of Redis is the reply of its command.
 *
 * @throws StoreUnavailable when no answer comes, and then nothing is sent again.
 */
export type Carry = (
  commands: readonly Command[],
  purpose: Purpose,
  sight?: Sight,
) => Promise<readonly Reply[]>

/** The two ways into a database: that of the store, and that of the limiter. */
export type Reached = Required<Pick<Database, 'store' | 'count'>>

/** A way to a database that is open. */
export interface Connection {
  carry: Carry
  reached: Reached
  close(): Promise<void>
}

/** What the store and the limiter speak to, over what carries commands. */
export function reachedBy(carry: Carry): Reached {
  const one = async (command: Command, purpose: Purpose): Promise<unknown> => {
    const [reply] = await carry([command], purpose, currentSight())
    if (reply?.error !== undefined) throw new StoreUnavailable(errorWord(reply.error))
    if (reply?.result === undefined) throw new StoreUnavailable('no result')
    return reply.result
  }
  return {
    store: {
      eval: (script, keys, args) => one(['EVAL', script, keys.length, ...keys, ...args], 'write'),
      pipeline: () => new Queue((commands) => carry(commands, 'read', currentSight())),
    },
    count: (command) => one(command, 'count'),
  }
}
