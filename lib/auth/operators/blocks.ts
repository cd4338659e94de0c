import * as z from 'zod/mini'
import { type Failure, fail, ok, type Result } from '../../contract/problems.ts'
import { networkBits, parseNetwork } from '../../network.ts'
import { defineOperation } from '../../operation.ts'
import { printable } from '../../printable.ts'
import {
  addBlock,
  type Block,
  type Blocked,
  blocksRead,
  MOST_BLOCKS,
  removeBlock,
} from '../../store/blocks.ts'
import type { Store } from '../../store/client/store.ts'
import type { EventFields } from '../../store/events.ts'
import { isAccountId } from '../accounts/account-id.ts'
import { accountNames } from '../accounts/account-names.ts'
import { isObject } from '../input.ts'
import type { AuthCall, AuthDeps, Principal } from '../types.ts'

/** A block as an admin sees it, with one of `address`, `user` and `key`; times are RFC 3339. */
export interface ShownBlock {
  id: string
  address?: string
  user?: string
  key?: string
  reason: string
  /** Absent where the operator's command made it. */
  by?: string
  createdAt: string
  until: string | null
}

const LONGEST_REASON = 200
/** RFC 3339 §5.6. */
const INSTANT = /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d+)?(Z|[+-]\d\d:\d\d)$/i

export const createBlockInput = z
  .strictObject({
    address: z.optional(
      z.string().check(
        z.maxLength(64),
        z.refine((text) => parseNetwork(text) !== undefined, {
          error: 'is no address and no network, such as 192.0.2.7 or 2001:db8::/64',
        }),
      ),
    ),
    user: z.optional(z.string().check(z.minLength(1), z.maxLength(254))),
    key: z.optional(
      z.string().check(
        z.refine((text) => /^[0-9A-Za-z]{16}$/.test(text), {
          error: 'is not the id of an API key',
        }),
      ),
    ),
    reason: z
      .string()
      .check(z.overwrite(printable), z.trim(), z.minLength(1), z.maxLength(LONGEST_REASON)),
    until: z.optional(
      z.string().check(
        z.refine(isInstant, {
          error: 'is not a time, such as 2030-12-31T00:00:00Z',
        }),
      ),
    ),
  })
  .check(
    z.refine(({ address, user, key }) => named({ address, user, key }) === 1, {
      error: 'needs one of address, user and key',
      when: isObject,
    }),
  )

/** Whether a text is a time, of a day that there is: `Date` takes the 30th of February for the 2nd of March. */
function isInstant(text: string): boolean {
  const day = text.slice(0, 10)
  const isDay = new Date(`${day}T12:00:00Z`).getUTCDate() === Number(day.slice(8))
  return INSTANT.test(text) && isDay && !Number.isNaN(Date.parse(text))
}

type NewBlock = z.output<typeof createBlockInput>

function named(names: object): number {
  return Object.values(names).filter((value) => value !== undefined).length
}

/** Lists what is kept out, newest first. For admins. */
export const listBlocks = defineOperation('listBlocks', {
  summary: 'List what is kept out, newest first',
  problems: [],
  answer: ['Block'],
  run: async (call) => {
    const blocks = await call.read(blocksRead())
    if (!blocks.ok) return blocks
    const newestFirst = blocks.value.sort((a, b) => b.createdAt - a.createdAt)
    return ok({ data: newestFirst.map(shown), nextCursor: null })
  },
})

/**
 * Keeps out a network, an account or an API key: in force in every isolate within a minute. An admin
 * cannot keep themselves out, so that one who can undo it is always left.
 *
 * @returns The block; `validation-error` for an account that is none and an end that has passed;
 *   `conflict` for a block of the caller, and beyond {@link MOST_BLOCKS}; `blocked` for an admin whom
 *   another one keeps out, and whose isolate has not heard of it.
 */
export const createBlock = defineOperation('createBlock', {
  summary: 'Keep out an address or a network, an account, or an API key',
  input: createBlockInput,
  problems: ['validation-error', 'conflict', 'blocked'],
  answer: 'Block',
  run: async (call, deps: AuthDeps) => {
    const { principal, input, store, client } = call
    const self = selfOf(principal, client)
    const [blocks] = await store.read(blocksRead())
    if (blocks.some(({ blocked }) => covers(blocked, self)))
      return fail('blocked', 'a blocked admin')

    const made = await makeBlock(store, input, { now: deps.now, id: deps.randomId() }, self)
    if (!made.ok) return made
    call.report('block.created', { ...eventOf(made.value), by: self.user })
    return ok(shown(made.value), { headers: { Location: `/api/blocks/${made.value.id}` } })
  },
})

/**
 * Adds a block of what was typed, for the operation and for the operator's command.
 *
 * @param self Who must not be kept out by it; undefined for the command, which can undo all.
 */
export async function makeBlock(
  store: Store,
  { address, user, key = '', reason, until }: NewBlock,
  { now, id }: { now: () => number; id: string },
  self: Self | undefined,
): Promise<Result<Block, 'validation-error' | 'conflict'>> {
  const ends = until === undefined ? undefined : Date.parse(until)
  if (ends !== undefined && ends <= now()) return fault('until', 'is not in the future')
  const account = user === undefined ? undefined : await accountNames(store, user)
  if (account?.exists === false) return fault('user', 'is no account: send its address or its id')

  const network = parseNetwork(address ?? '')
  const blocked: Blocked =
    account !== undefined
      ? { users: account.names }
      : network !== undefined
        ? { address: network }
        : { key }
  if (self !== undefined && covers(blocked, self)) {
    return fail('conflict', 'a block of oneself', { detail: 'This would keep you out yourself.' })
  }
  const block = { id, blocked, reason, by: self?.user, until: ends }
  const createdAt = await addBlock(store, block)
  if (createdAt !== undefined) return ok({ ...block, createdAt })
  const detail = `There are ${MOST_BLOCKS} blocks: end one first.`
  return fail('conflict', 'blocks at their cap', { detail })
}

/** Ends a block: in force in every isolate within a minute. */
export const deleteBlock = defineOperation('deleteBlock', {
  summary: 'Let in again what was kept out',
  problems: ['not-found', 'blocked'],
  run: async (call) => {
    const { principal, store, client, id } = call
    const self = selfOf(principal, client)
    const [blocks] = await store.read(blocksRead())
    if (blocks.some(({ blocked }) => covers(blocked, self)))
      return fail('blocked', 'a blocked admin')
    const block = blocks.find((each) => each.id === id)
    if (block === undefined || !(await removeBlock(store, id))) {
      return fail('not-found', 'no such block')
    }
    call.report('block.deleted', { ...eventOf(block), by: self.user })
    return ok(undefined)
  },
})

/** Who asks, by every name that a block may have of them. */
interface Self {
  /** The account's id. */
  user: string
  userId: string
  address: string | undefined
}

function selfOf(
  { accountId, userId }: Principal,
  { address }: Pick<AuthCall['client'], 'address'>,
): Self {
  return { user: accountId, userId, address }
}

/** Whether a block is of somebody, as the gate judges it: by id, by address and by network. */
function covers(blocked: Blocked, who: Self): boolean {
  if ('users' in blocked) {
    return blocked.users.includes(who.user) || blocked.users.includes(who.userId)
  }
  const network = 'address' in blocked ? parseNetwork(blocked.address) : undefined
  if (network === undefined || who.address === undefined) return false
  return networkBits(who.address).startsWith(networkBits(network))
}

/** What events tell of a block: who is kept out, an account by its id, since events outlive the account. */
export function eventOf({ id, blocked }: Block): EventFields {
  const who = 'users' in blocked ? { user: blocked.users.find(isAccountId) } : blocked
  return { ...who, block: id }
}

/** Who is kept out, as answers name it: an account by its address. */
export function subject({ blocked }: Block): Pick<ShownBlock, 'address' | 'user' | 'key'> {
  if (!('users' in blocked)) return blocked
  const [user = ''] = blocked.users
  return { user }
}

function shown(block: Block): ShownBlock {
  const { id, reason, by, createdAt, until } = block
  return {
    id,
    ...subject(block),
    reason,
    ...(by === undefined ? {} : { by }),
    createdAt: new Date(createdAt).toISOString(),
    until: until === undefined ? null : new Date(until).toISOString(),
  }
}

function fault(field: string, message: string): Failure<'validation-error'> {
  const errors = [{ pointer: `#/${field}`, message }]
  return fail('validation-error', `${field} ${message}`, { errors })
}
