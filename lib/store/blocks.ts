import {
  integer,
  list,
  mapRead,
  optionalInteger,
  type Read,
  type ScriptCommand,
  word,
} from './client/reply.ts'
import { scriptRead } from './client/script.ts'
import type { Store } from './client/store.ts'
import { keys } from './keys.ts'
import { ADD_BLOCK, FORGET_BLOCKS, LIST_BLOCKS, REMOVE_BLOCK } from './scripts/blocks.ts'

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

const BLOCKS = { blocksKey: keys.blocks }

/** Adds a block. @returns When, by the store's clock; undefined when there are as many as may be. */
export async function addBlock(
  store: Store,
  { id, blocked, reason, by, until }: Omit<Block, 'createdAt'>,
): Promise<number | undefined> {
  const [who, why] = [JSON.stringify(blocked), JSON.stringify({ reason, by })]
  const args = { id, untilWhen: until ?? '', who, why, most: MOST_BLOCKS }
  const added = await store.write(ADD_BLOCK, BLOCKS, args)
  return added.status === 'added' ? added.createdAt : undefined
}

/** Ends a block. @returns Whether there was one. */
export async function removeBlock(store: Store, id: string): Promise<boolean> {
  return (await store.write(REMOVE_BLOCK, BLOCKS, { id })).status === 'removed'
}

/** Takes away the blocks of an account that is gone. See {@link FORGET_BLOCKS}. */
export async function forgetBlocks(store: Store, names: readonly string[]): Promise<void> {
  await store.write(FORGET_BLOCKS, BLOCKS, { names })
}

/** Reads all blocks that are in force, in no order. */
export function blocksRead(): Read<Block[]> {
  const read = scriptRead('auth', LIST_BLOCKS, BLOCKS, { whoAlone: false })
  return mapRead(read, ({ blocks }) => blocks.flatMap(blockOf))
}

/** The command of the gate, which needs to know who is blocked, and not why. */
export const BLOCKED_COMMAND: ScriptCommand = /* @__PURE__ */ LIST_BLOCKS.command(BLOCKS, {
  whoAlone: true,
})

/** Reads what {@link BLOCKED_COMMAND} returns. */
export function parseBlocks(reply: unknown): Blocked[] {
  return LIST_BLOCKS.parse(reply).blocks.flatMap((line) => parseBlocked(line) ?? [])
}

/** Reads who is blocked; undefined for a line that cannot be read. */
function parseBlocked(line: unknown): Blocked | undefined {
  const { address, users, key } = parseObject(line)
  if (typeof address === 'string') return { address }
  if (typeof key === 'string') return { key }
  return Array.isArray(users) ? { users: users.map(String) } : undefined
}

function blockOf(row: unknown): Block[] {
  const [id, until, createdAt, who, why] = list(row)
  const blocked = parseBlocked(who)
  const { reason = '', by } = parseObject(why)
  if (blocked === undefined) return []
  return [
    {
      id: word(id),
      blocked,
      reason: String(reason),
      by: typeof by === 'string' ? by : undefined,
      createdAt: integer(createdAt),
      until: optionalInteger(until),
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
