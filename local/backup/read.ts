import type { Content, HashField, Member, Piece } from '../kept-store/pieces.ts'
import { type Command, CommandFailed, isText, type Link, type Reply } from './link.ts'
import { blob, clockOf, list, number, pairs, text } from './replies.ts'
import type { Seen } from './seen.ts'
import { readStream } from './streams.ts'

const PAGE_KEYS = 500
const SCRIPT_KEYS = 100
/** What is larger is read page by page. */
const SMALL_ELEMENTS = 500
const SMALL_BYTES = 256 * 1_024

/**
 * KEYS: keys. ARGV: most elements, most bytes, the command that tells when a field expires or ''.
 * Of each key: type, when it expires, and, where it is small and no stream, its value and what that command says.
 * Type, time and value are of one moment.
 */
const READ_BODY = `
local elements, bytes, expiry = tonumber(ARGV[1]), tonumber(ARGV[2]), ARGV[3]
local sizes = {string = 'STRLEN', list = 'LLEN', set = 'SCARD', hash = 'HLEN', zset = 'ZCARD'}
local found = {}
for i, key in ipairs(KEYS) do
  local type = redis.call('TYPE', key)
  type = type.ok or type
  local item = {type, redis.call('PEXPIRETIME', key)}
  local size = sizes[type]
  if size and redis.call(size, key) <= (type == 'string' and bytes or elements) then
    if type == 'string' then item[3] = redis.call('GET', key)
    elseif type == 'list' then item[3] = redis.call('LRANGE', key, 0, -1)
    elseif type == 'set' then item[3] = redis.call('SMEMBERS', key)
    elseif type == 'zset' then item[3] = redis.call('ZRANGE', key, 0, -1, 'WITHSCORES')
    else
      item[3] = redis.call('HGETALL', key)
      if expiry ~= '' then
        local fields = {}
        for j = 1, #item[3], 2 do fields[#fields + 1] = item[3][j] end
        item[4] = redis.call(expiry, key, 'FIELDS', #fields, unpack(fields))
      end
    end
  end
  found[i] = item
end
return found`

const READ = `#!lua flags=no-writes,allow-key-locking${READ_BODY}`
/** The same with keys in hexadecimal digits behind the arguments: they are no text. */
const READ_IN_HEX = `local KEYS = {}
for i = 4, #ARGV do
  KEYS[i - 3] = string.gsub(ARGV[i], '..', function (digits) return string.char(tonumber(digits, 16)) end)
end${READ_BODY}`

/** A key that is being read: what its pieces have in common. */
interface Reading {
  link: Link
  key: Buffer
  /** The command that tells when a field of a hash expires; '' where the store has none. */
  fieldExpiry: FieldExpiry
  /** By the store's clock. */
  now: number
}

type FieldExpiry = (typeof FIELD_EXPIRIES)[number] | ''

/**
 * Reads a store key by key, without holding more of it than a page. What changes meanwhile is read as it is
 * when its turn comes: small values whole, large ones page by page.
 *
 * @param seen Keys that are left out; those that were read are added.
 */
export async function* readStore(link: Link, seen: Seen): AsyncGenerator<Piece> {
  const fieldExpiry = await fieldExpiryOf(link)
  let cursor = '0'
  do {
    const [page] = await link.read([['SCAN', cursor, 'COUNT', String(PAGE_KEYS)]])
    const [next, found] = list(page)
    cursor = text(next)
    const fresh = list(found)
      .map(blob)
      .filter((key) => !seen.has(key))
    const [texts, others] = [fresh.filter(isText), fresh.filter((key) => !isText(key))]
    const keys = [...texts, ...others]
    const limits = [String(SMALL_ELEMENTS), String(SMALL_BYTES), fieldExpiry]
    const scripts: Command[] = [
      ...groups(texts).map((some) => ['EVAL_RO', READ, String(some.length), ...some, ...limits]),
      ...groups(others).map((some) => ['EVAL_RO', READ_IN_HEX, '0', ...limits, ...some.map(toHex)]),
    ]
    const [clock, ...read] = await link.read([['TIME'], ...scripts])
    const items = read.flatMap(list)
    const reading = { link, fieldExpiry, now: clockOf(clock) }
    for (const [index, key] of keys.entries()) {
      // One page may name a key twice.
      if (seen.has(key)) continue
      yield* readKey({ ...reading, key }, list(items[index]))
      seen.add(key)
    }
  } while (cursor !== '0')
}

function groups(keys: Buffer[]): Buffer[][] {
  const count = Math.ceil(keys.length / SCRIPT_KEYS)
  return Array.from({ length: count }, (_, index) =>
    keys.slice(index * SCRIPT_KEYS, (index + 1) * SCRIPT_KEYS),
  )
}

function toHex(key: Buffer): string {
  return key.toString('hex')
}

async function* readKey(
  reading: Reading,
  [type, expiry, value, fieldTimes]: Reply[],
): AsyncGenerator<Piece> {
  const { key } = reading
  const ms = number(expiry)
  const expiresAt = ms < 0 ? undefined : ms
  const contents = contentsOf(reading, text(type), value, fieldTimes)
  let first = true
  // Which one is the last is known when there is no other.
  let before: Content | undefined
  for await (const content of contents) {
    if (before !== undefined) {
      yield { key, expiresAt, first, last: false, content: before }
      first = false
    }
    before = content
  }
  if (before !== undefined) yield { key, expiresAt, first, last: true, content: before }
}

async function* contentsOf(
  reading: Reading,
  type: string,
  value: Reply | undefined,
  fieldTimes: Reply | undefined,
): AsyncGenerator<Content> {
  switch (type) {
    case 'string':
      if (value !== undefined) yield { type, value: blob(value) }
      else for await (const part of ranges(reading)) yield { type, value: part }
      break
    case 'list':
      if (value !== undefined) yield { type, values: list(value).map(blob) }
      else for await (const values of elements(reading)) yield { type, values }
      break
    case 'set':
      if (value !== undefined) yield { type, members: list(value).map(blob) }
      else for await (const page of scan(reading, 'SSCAN')) yield { type, members: page.map(blob) }
      break
    case 'zset':
      if (value !== undefined) yield { type, members: membersOf(value) }
      else for await (const page of scan(reading, 'ZSCAN')) yield { type, members: membersOf(page) }
      break
    case 'hash':
      if (value !== undefined) yield { type, fields: fieldsOf(reading, value, fieldTimes) }
      else yield* hashPages(reading)
      break
    case 'stream':
      yield* readStream(reading.link, reading.key)
      break
    // It is gone.
    case 'none':
      break
    default:
      throw new UnknownType(type)
  }
}

/** A type that the file has no form for: of a module of Redis. */
export class UnknownType extends Error {
  override readonly name = 'UnknownType'

  constructor(type: string) {
    super(`A key is of the type ${type.replace(/\W/g, '?')}, which cannot be backed up`)
  }
}

async function* ranges({ link, key }: Reading): AsyncGenerator<Buffer> {
  for (let at = 0; ; at += SMALL_BYTES) {
    const [part] = await link.read([['GETRANGE', key, String(at), String(at + SMALL_BYTES - 1)]])
    const bytes = blob(part)
    if (bytes.length === 0) return
    yield bytes
  }
}

async function* elements({ link, key }: Reading): AsyncGenerator<Buffer[]> {
  for (let at = 0; ; at += SMALL_ELEMENTS) {
    const range = [String(at), String(at + SMALL_ELEMENTS - 1)]
    const [page] = await link.read([['LRANGE', key, ...range]])
    const values = list(page).map(blob)
    if (values.length === 0) return
    yield values
  }
}

async function* scan({ link, key }: Reading, command: string): AsyncGenerator<Reply[]> {
  let cursor = '0'
  do {
    const words = [command, key, cursor, 'COUNT', String(SMALL_ELEMENTS)]
    const [next, page] = list((await link.read([words]))[0])
    cursor = text(next)
    // A page may have more than was asked for; an element of a set is one word, others are two.
    const found = list(page)
    const length = SMALL_ELEMENTS * (command === 'SSCAN' ? 1 : 2)
    for (let at = 0; at < found.length; at += length) yield found.slice(at, at + length)
  } while (cursor !== '0')
}

async function* hashPages(reading: Reading): AsyncGenerator<Content> {
  const { link, key, fieldExpiry } = reading
  for await (const page of scan(reading, 'HSCAN')) {
    const names = pairs(page).map(([field]) => blob(field))
    const ask: Command = [fieldExpiry, key, 'FIELDS', String(names.length), ...names]
    const [times] = fieldExpiry === '' ? [] : await link.read([ask])
    yield { type: 'hash', fields: fieldsOf(reading, page, times) }
  }
}

function membersOf(reply: Reply): Member[] {
  return pairs(reply).map(([member, score]) => ({ member: blob(member), score: scoreOf(score) }))
}

function scoreOf(reply: Reply | undefined): number {
  const score = text(reply)
  if (/^[+-]?inf/i.test(score)) return score.startsWith('-') ? -Infinity : Infinity
  return Number(score)
}

function fieldsOf(
  { fieldExpiry, now }: Reading,
  reply: Reply,
  times: Reply | undefined,
): HashField[] {
  const known = Array.isArray(times) ? times.map(number) : []
  const start = fieldExpiry === 'HPTTL' ? now : 0
  return pairs(reply).map(([field, value], index) => {
    const ms = known[index] ?? -1
    return { field: blob(field), value: blob(value), expiresAt: ms < 0 ? undefined : start + ms }
  })
}

/** Fields of hashes expire in newer stores alone; the embedded one knows the second command. */
const FIELD_EXPIRIES = ['HPEXPIRETIME', 'HPTTL'] as const

async function fieldExpiryOf(link: Link): Promise<FieldExpiry> {
  for (const command of FIELD_EXPIRIES) {
    try {
      await link.read([[command, 'no key', 'FIELDS', '1', 'no field']])
      return command
    } catch (error) {
      if (!(error instanceof CommandFailed)) throw error
    }
  }
  return ''
}
