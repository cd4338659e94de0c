import type { EngineReply } from './engine.ts'

type Call = (command: readonly Buffer[]) => Promise<EngineReply>

interface Listed {
  key: Buffer
  hash: number
}

const OF_A_KEY = new Set(['HSCAN', 'SSCAN', 'ZSCAN'])
/** For whoever goes on after a while: what has come ahead of its cursor is named too. */
const LISTED_MS = 60_000
/** More than a key has elements. */
const ALL = [Buffer.from('COUNT'), Buffer.from('2147483647')]

/**
 * SCAN, HSCAN, SSCAN and ZSCAN that name whatever is there from the first page to the last, as those of Redis do. A
 * cursor of the embedded engine is a position, which shifts when others go, and each page costs it a look at everything.
 *
 * - SCAN goes by a hash of the key, the cursor being the next hash. The keys are listed when a scan begins.
 * - Of a key all elements are one page: more than were asked for, which clients must expect of Redis too.
 *
 * @param typeOf The type of a key that is there.
 */
export function stableScan(call: Call, typeOf: (key: Buffer) => string | null): Call {
  // What was listed last. Every scan under way had begun before.
  let listing: { pattern: Buffer; keys: Listed[]; at: number } | undefined

  return async (command) => {
    const name = String(command[0]).toUpperCase()
    if (OF_A_KEY.has(name) && command.length > 2) return call([...command, ...ALL])
    if (name !== 'SCAN') return call(command)
    const [, cursor, ...options] = command
    const read = (option: string): Buffer | undefined =>
      options[
        options.findIndex((word, at) => at % 2 === 0 && String(word).toUpperCase() === option) +
          1 || options.length
      ]
    const count = Number(String(read('COUNT') ?? 10))
    // What is not of this form is the engine's to refuse.
    if (!/^\d{1,10}$/.test(String(cursor)) || !(count > 0) || options.length % 2 === 1) {
      return call(command)
    }
    const from = Number(cursor)
    const pattern = read('MATCH') ?? Buffer.from('*')
    const isListed = listing?.pattern.equals(pattern) && Date.now() < listing.at + LISTED_MS
    if (from === 0 || listing === undefined || isListed !== true) {
      const found = await call([Buffer.from('KEYS'), pattern])
      if (!Array.isArray(found)) return found
      listing = { pattern, keys: inHashOrder(found), at: Date.now() }
    }
    const { keys } = listing
    const start = firstFrom(keys, from)
    // Keys of one hash stay on one page.
    const last = keys[start + count - 1]?.hash
    const end = last === undefined ? keys.length : firstFrom(keys, last + 1)
    if (end === keys.length) listing = undefined
    const type = read('TYPE')?.toString().toLowerCase()
    const page = keys.slice(start, end).flatMap(({ key }) => {
      const is = typeOf(key)
      return is !== null && (type === undefined || is === type) ? [key] : []
    })
    const next = end === keys.length ? 0 : (keys[end - 1]?.hash ?? 0) + 1
    return [Buffer.from(String(next)), page]
  }
}

function inHashOrder(keys: readonly EngineReply[]): Listed[] {
  return keys
    .filter((key) => Buffer.isBuffer(key))
    .map((key) => ({ key, hash: fnv1a(key) }))
    .sort((a, b) => a.hash - b.hash)
}

/** Where the first key of this hash or a larger one is. */
function firstFrom(keys: readonly Listed[], hash: number): number {
  let [low, high] = [0, keys.length]
  while (low < high) {
    const middle = (low + high) >> 1
    if ((keys[middle]?.hash ?? 0) < hash) low = middle + 1
    else high = middle
  }
  return low
}

/** FNV-1a, 32 bits. */
function fnv1a(bytes: Buffer): number {
  let hash = 0x811c9dc5
  for (const byte of bytes) hash = Math.imul(hash ^ byte, 0x01000193) >>> 0
  return hash
}
