import type { SignedIn } from './tokens.ts'

/** Who is signed in; null for nobody, undefined while that is not known. */
export type Known = SignedIn | null | undefined

const CHANNEL = 'usher-session'

/** What every provider of this tab shows. */
const listeners = new Set<(known: SignedIn | null) => void>()
let channel: BroadcastChannel | undefined
let told = 0

/**
 * Follows who is signed in, as this tab and the others of this origin learn it.
 *
 * @returns What ends it.
 */
export function follow(listener: (known: SignedIn | null) => void): () => void {
  listeners.add(listener)
  openChannel()
  return () => {
    listeners.delete(listener)
    if (listeners.size > 0) return
    channel?.close()
    channel = undefined
  }
}

/** Tells all tabs of this origin who is signed in now. A channel does not hear itself. */
export function tell(known: SignedIn | null): void {
  hear(known)
  tellOthers(known)
}

/** The same without this tab, which leaves its page: what is shown there would lead it elsewhere. */
export function tellOthers(known: SignedIn | null): void {
  told++
  const isOpen = channel !== undefined
  openChannel()?.postMessage(known)
  if (isOpen) return
  channel?.close()
  channel = undefined
}

/** How often this tab has learnt who is signed in: an answer that was asked for before is an older one. */
export function timesTold(): number {
  return told
}

function openChannel(): BroadcastChannel | undefined {
  if (channel !== undefined || typeof BroadcastChannel === 'undefined') return channel
  channel = new BroadcastChannel(CHANNEL)
  channel.addEventListener('message', ({ data }: MessageEvent<SignedIn | null>) => hear(data))
  return channel
}

function hear(known: SignedIn | null): void {
  told++
  for (const listener of listeners) listener(known)
}
