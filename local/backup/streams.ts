import type {
  Consumer,
  Content,
  PendingEntry,
  StreamEntry,
  StreamGroup,
  StreamId,
  StreamState,
} from '../kept-store/pieces.ts'
import type { Link, Reply } from './link.ts'
import { blob, clockOf, list, named, number, OddReply, text } from './replies.ts'

const PAGE = 500

/** The entries of a stream page by page, then what else it has. */
export async function* readStream(link: Link, key: Buffer): AsyncGenerator<Content> {
  for (let from = '-'; ; ) {
    const [page] = await link.read([['XRANGE', key, from, '+', 'COUNT', String(PAGE)]])
    const entries = list(page).map(entryOf)
    const last = entries.at(-1)
    if (last === undefined) break
    yield { type: 'stream', entries, state: undefined }
    if (entries.length < PAGE) break
    from = `(${last.id.ms}-${last.id.seq}`
  }
  const state = await stateOf(link, key)
  if (state !== undefined) yield { type: 'stream', entries: [], state }
}

/** Undefined for a stream that is gone. */
async function stateOf(link: Link, key: Buffer): Promise<StreamState | undefined> {
  const [exists] = await link.read([['EXISTS', key]])
  if (exists !== 1) return undefined
  const [info, groups] = await link.read([
    ['XINFO', 'STREAM', key],
    ['XINFO', 'GROUPS', key],
  ])
  const stream = named(info)
  const read: StreamGroup[] = []
  for (const group of list(groups)) read.push(await groupOf(link, key, named(group)))
  return {
    lastId: idOf(stream.get('last-generated-id')),
    maxDeletedId: idOf(stream.get('max-deleted-entry-id') ?? Buffer.from('0-0')),
    entriesAdded: BigInt(number(stream.get('entries-added') ?? stream.get('length'))),
    groups: read,
  }
}

async function groupOf(link: Link, key: Buffer, group: Map<string, Reply>): Promise<StreamGroup> {
  const name = blob(group.get('name'))
  const [clock, consumers] = await link.read([['TIME'], ['XINFO', 'CONSUMERS', key, name]])
  const entriesRead = group.get('entries-read') ?? null
  return {
    name,
    lastDeliveredId: idOf(group.get('last-delivered-id')),
    entriesRead: entriesRead === null ? undefined : BigInt(number(entriesRead)),
    consumers: list(consumers).map((consumer) => consumerOf(named(consumer), clockOf(clock))),
    pending: await pendingOf(link, key, name),
  }
}

function consumerOf(consumer: Map<string, Reply>, now: number): Consumer {
  const inactive = number(consumer.get('inactive') ?? -1)
  return {
    name: blob(consumer.get('name')),
    seenAt: now - number(consumer.get('idle')),
    activeAt: inactive < 0 ? undefined : now - inactive,
  }
}

async function pendingOf(link: Link, key: Buffer, group: Buffer): Promise<PendingEntry[]> {
  const pending: PendingEntry[] = []
  for (let from = '-'; ; ) {
    const ask = ['XPENDING', key, group, from, '+', String(PAGE)]
    // Asked together: the store tells for how long an entry waits, not since when.
    const [clock, page] = await link.read([['TIME'], ask])
    const now = clockOf(clock)
    for (const entry of list(page)) {
      const [id, consumer, idle, deliveryCount] = list(entry)
      pending.push({
        id: idOf(id),
        consumer: blob(consumer),
        deliveredAt: now - number(idle),
        deliveryCount: number(deliveryCount),
      })
    }
    const last = pending.at(-1)
    if (last === undefined || list(page).length < PAGE) return pending
    from = `(${last.id.ms}-${last.id.seq}`
  }
}

function entryOf(reply: Reply): StreamEntry {
  const [id, fields] = list(reply)
  return { id: idOf(id), fields: list(fields).map(blob) }
}

function idOf(reply: Reply | undefined): StreamId {
  const [, ms, seq] = /^(\d+)-(\d+)$/.exec(text(reply)) ?? []
  if (ms === undefined || seq === undefined) throw new OddReply()
  return { ms: BigInt(ms), seq: BigInt(seq) }
}
