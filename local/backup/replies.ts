import type { Reply } from './link.ts'

/** The store's reply is not of the form that it should have. */
export class OddReply extends Error {
  override readonly name = 'OddReply'

  constructor() {
    super('The store answered in a form that this command does not know')
  }
}

export function list(reply: Reply | undefined): Reply[] {
  if (!Array.isArray(reply)) throw new OddReply()
  return reply
}

export function blob(reply: Reply | undefined): Buffer {
  if (typeof reply === 'number') return Buffer.from(String(reply))
  if (!Buffer.isBuffer(reply)) throw new OddReply()
  return reply
}

export function text(reply: Reply | undefined): string {
  return String(blob(reply))
}

export function number(reply: Reply | undefined): number {
  const value = Number(typeof reply === 'number' ? reply : text(reply))
  if (Number.isNaN(value)) throw new OddReply()
  return value
}

/** A flat list as pairs. */
export function pairs(reply: Reply | undefined): [Reply, Reply][] {
  const flat = list(reply)
  const found: [Reply, Reply][] = []
  for (let at = 0; at + 1 < flat.length; at += 2) {
    const [name, value] = [flat[at], flat[at + 1]]
    if (name !== undefined && value !== undefined) found.push([name, value])
  }
  return found
}

/** A flat list of names and values, by name. */
export function named(reply: Reply | undefined): Map<string, Reply> {
  return new Map(pairs(reply).map(([name, value]) => [text(name), value]))
}

/** The reply of TIME, in epoch milliseconds. */
export function clockOf(reply: Reply | undefined): number {
  const [seconds = 0, microseconds = 0] = list(reply).map(number)
  return seconds * 1_000 + Math.floor(microseconds / 1_000)
}
