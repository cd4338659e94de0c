import { StoreUnavailable } from '../contract/problems.ts'
import { integer, type Read, replyList, text } from './client/reply.ts'
import type { Store } from './client/store.ts'
import { moment } from './key-liveness.ts'
import { keys } from './keys.ts'
import { ADD_BLOCK, LIST_BLOCKS, REMOVE_BLOCK } from './scripts/blocks.ts'

/** Who is kept out: a network, an account by any of its names, or an API key by its id. */
export type Blocked = { address: string } | { users: string[] } | { key: string }

/** A block; times in epoch milliseconds. */
export interface Block {
  id: string
  blocked: Blocked
  reason: string
  /** Who made it; undefined for the operator's command. */
  by: string | undefined
  createdAt: number
  until: number | undefined
}

/** The gate of every isolate keeps all of them in memory. */
export const MOST_BLOCKS = 1_000

/** Adds a block. @returns When, by the store's clock; undefined when there are as many as may be. */
export async function addBlock(
  store: Store,
  { id, blocked, reason, by, until }: Omit<Block, 'createdAt'>,
): Promise<number | undefined> {
  const [who, why] = [JSON.stringify(blocked), JSON.stringify({ reason, by })]
  const args = [id, until ?? '', who, why, MOST_BLOCKS]
  const [status, createdAt] = await store.write(ADD_BLOCK, [keys.blocks], args)
  if (status === 'full') return undefined
  if (status !== 'added') throw new StoreUnavailable('add block: unexpected reply')
  return integer(createdAt)
}

/** Ends a block. @returns Whether there was one. */
export async function removeBlock(store: Store, id: string): Promise<boolean> {
  const [status] = await store.write(REMOVE_BLOCK, [keys.blocks], [id])
  return status === 'removed'
}

/** Reads all blocks that are in force, in no order. */
export function blocksRead(): Read<Block[]> {
  return {
    database: 'auth',
    queue: (pipeline) => pipeline.evalRo(LIST_BLOCKS, [keys.blocks], []),
    parse: (reply) => replyList(reply).flatMap(blockOf),
  }
}

/** The script, its keys and its arguments, for the gate. The gate needs to know who is blocked, and not why. */
export const BLOCKED_COMMAND: [script: string, keys: string[], args: string[]] = [
  LIST_BLOCKS,
  [keys.blocks],
  ['who'],
]

/** Reads one line of what {@link BLOCKED_COMMAND} returns; undefined for one that cannot be read. */
export function parseBlocked(line: unknown): Blocked | undefined {
  const { address, users, key } = parseObject(line)
  if (typeof address === 'string') return { address }
  if (typeof key === 'string') return { key }
  return Array.isArray(users) ? { users: users.map(String) } : undefined
}

function blockOf(row: unknown): Block[] {
  if (!Array.isArray(row)) throw new StoreUnavailable('blocks: unexpected reply')
  const [id, until, createdAt, who, why] = row
  const blocked = parseBlocked(who)
  const { reason = '', by } = parseObject(why)
  if (blocked === undefined) return []
  return [
    {
      id: text(id) ?? '',
      blocked,
      reason: String(reason),
      by: typeof by === 'string' ? by : undefined,
      createdAt: integer(createdAt),
      until: moment(until),
    },
  ]
}

/** A line that was typed by hand and is not JSON is ignored; the other blocks stay in force. */
function parseObject(json: unknown): Record<string, unknown> {
  try {
    const parsed: unknown = JSON.parse(String(json))
    return typeof parsed === 'object' && parsed !== null ? { ...parsed } : {}
  } catch {
    return {}
  }
}
