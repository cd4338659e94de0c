import { type Macs, openText, signText } from '../signed-text.ts'
import type { Databases, Sights } from '../store/client/store.ts'
import type { Mark } from '../store/client/sync.ts'

/** What a client carries from the answer of a write to its next requests. */
export const SYNC_HEADER = 'Usher-Sync'

/** In characters. */
const LONGEST = 2_048

/** A replica has what was written so long ago, in milliseconds: as for a session that was just made. */
const SETTLED_MS = 10_000

/** What is carried: who changes this changes {@link CONTEXT} too. */
interface Carried {
  /** When it was written, in epoch milliseconds. */
  at: number
  auth?: Mark
  data?: Mark
}

const CONTEXT = 'sync 1'

/** What one request has to see of its caller's writes. */
export interface Sync {
  sights: Sights
  /** When the caller wrote last, in epoch milliseconds; undefined where that is not known. */
  wroteAt: number | undefined
}

/**
 * Reads what the caller carries. What was not signed here is as good as nothing: it could make a replica wait
 * for what it never gets.
 *
 * @param header As sent.
 * @param macs Keyed hashes, each verifies.
 */
export async function readSync(
  header: string | null,
  databases: Databases,
  macs: Macs,
): Promise<Sync> {
  const carried = header === null ? undefined : await verified(header, macs)
  const data = { carried: carried?.data }
  const auth = databases.auth === databases.data ? data : { carried: carried?.auth }
  return { sights: { auth, data }, wroteAt: carried?.at }
}

/** What answers say after a write: undefined where the request has written nothing. */
export async function syncToken(
  { auth, data }: Sights,
  nowMs: number,
  macs: Macs,
): Promise<string | undefined> {
  if (auth.written === undefined && data.written === undefined) return undefined
  const carried: Carried = { at: nowMs }
  const ofAuth = auth === data ? undefined : (auth.written ?? auth.carried)
  const ofData = data.written ?? data.carried
  if (ofAuth !== undefined) carried.auth = ofAuth
  if (ofData !== undefined) carried.data = ofData
  const token = await signText(JSON.stringify(carried), CONTEXT, macs)
  return token.length > LONGEST ? undefined : token
}

/** Items that this isolate read before this, in epoch milliseconds, may lack what the caller wrote. */
export function staleBefore({ wroteAt }: Sync): number {
  return wroteAt === undefined ? 0 : wroteAt + SETTLED_MS
}

async function verified(header: string, macs: Macs): Promise<Carried | undefined> {
  if (header.length > LONGEST) return undefined
  const text = await openText(header, CONTEXT, macs)
  return text === undefined ? undefined : (JSON.parse(text) as Carried)
}
