import { randomUUID } from 'node:crypto'
import { parseArgs } from 'node:util'
import { createBlockInput, eventOf, makeBlock, subject } from '../lib/auth/operators/blocks.ts'
import { StoreUnavailable } from '../lib/contract/problems.ts'
import { printable } from '../lib/printable.ts'
import { type Block, blocksRead, removeBlock } from '../lib/store/blocks.ts'
import { connect } from '../lib/store/client/redis.ts'
import { Store } from '../lib/store/client/store.ts'
import { Trips } from '../lib/store/client/trips.ts'
import { recordEvent } from '../lib/store/events.ts'
import { validate } from '../lib/validation.ts'
import { operatorStore } from './operator-store.ts'

const HELP = `Manages what Usher keeps out: in force everywhere within a minute.

  npm run blocks -- list
  npm run blocks -- add --address <address or network> --reason <text> [--until <time>]
  npm run blocks -- add --user <address or id> --reason <text> [--until <time>]
  npm run blocks -- add --key <id of an API key> --reason <text> [--until <time>]
  npm run blocks -- remove <id>

A time is as 2030-12-31T00:00:00Z; without --until a block stays until it is removed.
The store is AUTH_REDIS_REST_URL and _TOKEN, else as for \`npm run seed\`.
`

/** What a command did not do, in a sentence for the operator; ends with 1. */
class Refused extends Error {}

type Words = Record<'address' | 'user' | 'key' | 'reason' | 'until', string | undefined>

const commands: Record<string, (store: Store, id: string, words: Words) => Promise<void>> = {
  list: async (store) => {
    const [blocks] = await store.read(blocksRead())
    for (const block of blocks.sort((a, b) => b.createdAt - a.createdAt)) tell(block)
    console.log(`${blocks.length} blocks.`)
  },
  add: async (store, _id, words) => {
    const input = validate(createBlockInput, words)
    const made = input.ok
      ? await makeBlock(store, input.value, { now: Date.now, id: randomUUID() }, undefined)
      : input
    if (!made.ok) {
      const [fault] = made.errors ?? []
      const name = fault?.pointer.replace(/^#\/?/, '')
      throw new Refused(made.detail ?? `${name ? `--${name}` : 'A block'} ${fault?.message}.`)
    }
    await recordEvent(store, 'block.created', eventOf(made.value))
    tell(made.value)
  },
  remove: async (store, id) => {
    const [blocks] = await store.read(blocksRead())
    const block = blocks.find((each) => each.id === id)
    if (block === undefined || !(await removeBlock(store, id))) {
      throw new Refused(`There is no block ${id}.`)
    }
    await recordEvent(store, 'block.deleted', eventOf(block))
    console.log(`The block ${id} is removed.`)
  },
}

function tell(block: Block): void {
  const { id, reason, by, until } = block
  const [[kind, who] = ['', '']] = Object.entries(subject(block))
  const end = until === undefined ? '' : `until ${new Date(until).toISOString()}`
  const words = [id, `${kind} ${who}`, end, reason, by === undefined ? '' : `by ${by}`]
  console.log(printable(words.filter((word) => word !== '').join('  ')))
}

function misuse(message: string): never {
  console.error(`${message}\n\n${HELP}`)
  process.exit(2)
}

async function main(): Promise<void> {
  const text = { type: 'string' } as const
  const { positionals, values } = parseArgs({
    allowPositionals: true,
    options: {
      ...{ address: text, user: text, key: text, reason: text, until: text },
      help: { type: 'boolean', short: 'h', default: false },
    },
  })
  const { help, ...words } = values
  const [name = '', id = '', ...rest] = positionals
  if (help) {
    console.log(HELP)
    return
  }
  const command = Object.hasOwn(commands, name) ? commands[name] : undefined
  const expected = name === 'remove' ? 2 : 1
  const takesWords = name === 'add' || Object.keys(words).length === 0
  if (command === undefined || rest.length > 0 || positionals.length !== expected || !takesWords) {
    misuse('These words are not a command.')
  }
  const opened = await operatorStore()
  if (typeof opened === 'string') return misuse(opened)
  console.error(`The store is ${opened.accounts.name}.`)
  const data = connect(opened.accounts)
  try {
    const { address, user, key, reason, until } = words
    const store = new Store({ auth: data, data }, new Trips(Date.now))
    await command(store, id, { address, user, key, reason, until })
  } finally {
    await opened.close()
  }
}

main().catch((error: unknown) => {
  if (error instanceof Refused) console.error(printable(error.message))
  else if (error instanceof StoreUnavailable)
    console.error(`The store does not answer: ${error.message}.`)
  else misuse(error instanceof Error ? error.message : String(error))
  process.exit(1)
})
