import { createHash } from 'node:crypto'
import { APPLY_ITEMS } from '../../lib/store/scripts/apply.ts'
import { READ_ITEM } from '../../lib/store/scripts/item.ts'
import { LIVENESS_AT_PRIMARY, READ_LIVENESS } from '../../lib/store/scripts/liveness.ts'
import { QUERY_ITEMS } from '../../lib/store/scripts/query.ts'
import { ROTATE_SESSION } from '../../lib/store/scripts/rotation.ts'
import { END_SESSIONS, OPEN_SESSION, REVOKE_SESSION } from '../../lib/store/scripts/sessions.ts'

/** What a database with read replicas serves at the nearest one. */
const READS = new Set(
  `EVAL_RO EVALSHA_RO EXISTS GET HGET HGETALL HMGET MGET PING SCAN TYPE XREVRANGE ZCARD ZMSCORE
   ZRANGE ZREVRANGE ZSCORE`.split(/\s+/),
)

const SCRIPTS = Object.entries({
  APPLY_ITEMS,
  READ_ITEM,
  QUERY_ITEMS,
  READ_LIVENESS,
  LIVENESS_AT_PRIMARY,
  ROTATE_SESSION,
  END_SESSIONS,
  OPEN_SESSION,
  REVOKE_SESSION,
})

/** Of an isolate's own time, and of no request, by their first key. */
const HOUSEKEEPING: ReadonlySet<string> = new Set(['metrics', 'blocks'])

/** Texts of scripts that were sent whole: later they go by their SHA-1. */
const textBySha = new Map<string, string>()

export function isRead(command: readonly string[]): boolean {
  return READS.has(command[0] ?? '')
}

/** A command in a word or two: scripts by their name, counting as such. */
export function nameOf([name = '', sent = '', , key = '']: readonly string[]): string {
  if (!name.startsWith('EVAL')) return name
  const isSha = name.startsWith('EVALSHA')
  if (!isSha) textBySha.set(createHash('sha1').update(sent).digest('hex'), sent)
  if (key.startsWith('limit:')) return `${name} (quota)`
  if (HOUSEKEEPING.has(key)) return `${name} (housekeeping)`
  const script = isSha ? textBySha.get(sent) : sent
  // A read may be two scripts in one.
  const found = SCRIPTS.filter(([, { kind, text, body }]) =>
    name.endsWith('_RO') ? kind === 'read' && script?.includes(body) : script === text,
  )
  return `${name} ${found.map(([each]) => each).join(' + ') || '(other)'}`
}

/** Whether a read was asked of the primary by a command that says it writes. */
export function isSecondTry(name: string): boolean {
  return /^EVAL(SHA)? LIVENESS_AT_PRIMARY$/.test(name)
}

/** Whether it is told in the isolate's own time: counts, metrics and who is kept out. */
export function isOfNoRequest(name: string): boolean {
  return name.endsWith('(quota)') || name.endsWith('(housekeeping)')
}

/** What a request to Upstash REST holds. */
export function commandsOf(path: string, body: Buffer): string[][] {
  const sent: unknown = JSON.parse(String(body))
  const list = path === '/pipeline' || path === '/multi-exec' ? sent : [sent]
  if (!Array.isArray(list)) throw new TypeError('not a list of commands')
  return list.map((words: unknown) => {
    if (!Array.isArray(words)) throw new TypeError('not a command')
    const [name, ...rest] = words.map(String)
    return [(name ?? '').toUpperCase(), ...rest]
  })
}
