import { StoreUnavailable } from '../../contract/problems.ts'
import type { CommandQueue, Reply } from './transport.ts'

/** A read-only command and how to understand its reply; several go in one round trip. */
export interface Read<value> {
  database: 'auth' | 'data'
  queue(pipeline: CommandQueue): unknown
  parse(reply: Reply): value
  /** The same as a script, which can be joined with another one to a single command. */
  call?: ScriptCall<value>
}

/** A read-only script with the keys and arguments of one call. */
export interface ScriptCall<value> {
  script: { readonly name: string; readonly locks: 'keys' | 'database'; readonly body: string }
  /** Made when it is sent: a read that is joined with another is not sent by itself. */
  command(): ScriptCommand
  parse(reply: Reply): value
}

/** A script as a command has it: its text, its keys, its arguments. */
export type ScriptCommand = [text: string, keys: string[], args: string[]]

/** The same read, for something else that follows from what was read. */
export function mapRead<from, to>(read: Read<from>, map: (value: from) => to): Read<to> {
  const { database, queue, call } = read
  return {
    database,
    queue,
    parse: (reply) => map(read.parse(reply)),
    ...(call && { call: { ...call, parse: (reply: Reply) => map(call.parse(reply)) } }),
  }
}

/** Refuses any reply that is not a list: an outage must never look like an answer. */
export function replyList(reply: Reply): unknown[] {
  if (reply.error !== undefined) throw new StoreUnavailable(`reply: ${errorWord(reply.error)}`)
  return list(reply.result)
}

/** The first word of a Redis error (`WRONGTYPE`, `OOM`): the rest may hold values. */
export function errorWord(message: string): string {
  return /^[A-Z]{2,32}\b/.exec(message)?.[0] ?? 'unnamed error'
}

/** A list of anything. */
export function list(value: unknown): unknown[] {
  if (!Array.isArray(value)) throw new StoreUnavailable('reply: not a list')
  return value
}

/** A string, or undefined for nil. Anything else is not an answer. */
export function text(value: unknown): string | undefined {
  if (value === null || value === false || value === undefined) return undefined
  if (typeof value === 'string') return value
  if (typeof value === 'number') return String(value)
  throw new StoreUnavailable('reply: not a string')
}

/** A string; '' for nil. */
export function word(value: unknown): string {
  return text(value) ?? ''
}

/** A list of strings, '' for each nil. */
export function words(value: unknown): string[] {
  return list(value).map(word)
}

/** A list of strings, undefined for each nil. */
export function texts(value: unknown): (string | undefined)[] {
  return list(value).map(text)
}

/** A whole number, as text or as a number. */
export function integer(value: unknown): number {
  const number = Number(text(value))
  if (!Number.isSafeInteger(number)) throw new StoreUnavailable('reply: not an integer')
  return number
}

/** What `TIME` says, in epoch milliseconds. */
export function instant(value: unknown): number {
  const [seconds, microseconds] = list(value).map(integer)
  return (seconds ?? 0) * 1_000 + Math.floor((microseconds ?? 0) / 1_000)
}

/** A whole number; undefined for '' or nil. */
export function optionalInteger(value: unknown): number | undefined {
  return word(value) === '' ? undefined : integer(value)
}

/** Whether a number that the store keeps as 1 or 0 is 1. */
export function flag(value: unknown): boolean {
  return integer(value) === 1
}

/** How to understand the values of a list, each by its name, in their order. */
export type Shape = Record<string, (value: unknown) => unknown>

/** What a {@link Shape} makes of a list. */
export type Shaped<shape extends Shape> = { [name in keyof shape]: ReturnType<shape[name]> }

/** Names the values of a list. */
export function shaped<const shape extends Shape>(shape: shape, values: unknown): Shaped<shape> {
  const given = list(values)
  const named = Object.entries(shape).map(([name, parse], index) => [name, parse(given[index])])
  return Object.fromEntries(named) as Shaped<shape>
}

/** Understands a list of lists of one shape. */
export function rows<const shape extends Shape>(shape: shape): (value: unknown) => Shaped<shape>[] {
  return (value) => list(value).map((row) => shaped(shape, row))
}
