'use client'
import { createContext, type ReactNode, useContext, useEffect, useMemo, useState } from 'react'
import { bodyOf, isRecord, UsherProblem } from './client/answers.ts'
import { follow, type Known, tell, tellOthers, timesTold } from './client/known-session.ts'
import { returnPath } from './client/return-to.ts'
import { isSignedIn, type SignedIn } from './client/tokens.ts'
import { jsonInit } from './client/transport.ts'
import { UsherClient } from './client.ts'

export type { SignedIn } from './client/tokens.ts'

/** What {@link useSession} gives; the names are those of NextAuth. */
export interface Session {
  data: SignedIn | null
  status: 'loading' | 'authenticated' | 'unauthenticated'
  /** Asks the API again who this is, and tells the other tabs. @throws as the client's `request`. */
  update: () => Promise<SignedIn | null>
}

const SessionContext = createContext<Session | undefined>(undefined)

/** Longer waits are the page's to show. */
const LONGEST_WAIT_SECONDS = 2
const AGAIN_MS = 5_000

let own: UsherClient | undefined

/** The client of this page's own origin, by cookies that no script reads. All parts of a page share it. */
export function pageClient(): UsherClient {
  // A request that was refused may be older than a sign-in in another tab: the API is asked once more.
  own ??= newClient(() => void ask().catch(() => undefined))
  return own
}

function newClient(onSignedOut?: () => void): UsherClient {
  return new UsherClient({
    url: '',
    credential: 'cookies',
    longestWait: LONGEST_WAIT_SECONDS,
    ...(onSignedOut === undefined ? {} : { onSignedOut }),
  })
}

/**
 * Keeps who is signed in, for {@link useSession} below it. The tabs of an origin follow each other.
 *
 * @param session Who that is, if the page knows: nothing is asked then. Null: nobody.
 */
export function SessionProvider({
  session,
  children,
}: {
  session?: Known
  children: ReactNode
}): ReactNode {
  const [known, setKnown] = useState<Known>(session)

  useEffect(() => follow(setKnown), [])

  const isUnknown = known === undefined
  useEffect(() => {
    if (!isUnknown) return
    // An API that is away says nothing about who this is: it is asked until it answers.
    let timer: ReturnType<typeof setTimeout> | undefined
    const first = () => {
      ask().catch(() => {
        timer = setTimeout(first, AGAIN_MS)
      })
    }
    timer = setTimeout(first)
    return () => clearTimeout(timer)
  }, [isUnknown])

  useEffect(() => {
    // Whoever comes back from a provider: the page may know, but the other tabs do not.
    if (hasLeft()) void ask().catch(() => undefined)
  }, [])

  useEffect(() => {
    // A page that comes out of the browser's cache has heard nothing while it was there.
    const wake = ({ persisted }: PageTransitionEvent) => {
      if (persisted) void ask().catch(() => undefined)
    }
    addEventListener('pageshow', wake)
    return () => removeEventListener('pageshow', wake)
  }, [])

  const value = useMemo(
    (): Session => ({ data: known ?? null, status: statusOf(known), update: ask }),
    [known],
  )
  return <SessionContext value={value}>{children}</SessionContext>
}

/** Who is signed in. @throws Error outside of a {@link SessionProvider}. */
export function useSession(): Session {
  const session = useContext(SessionContext)
  if (session === undefined) throw new Error('useSession needs a SessionProvider above it')
  return session
}

/** Options of {@link signIn}: `user`, `password` and `code` are of `credentials`. */
export interface SignInOptions {
  user?: string
  password?: string
  /** Of an app, or a recovery code: where the API asked for a second factor. */
  code?: string
  /** Where to go then, a path of this origin. A provider leads to `/account` if it is absent; else the page stays. */
  returnTo?: string
  /** Of `passkey`: offers passkeys in the field with `autocomplete="username webauthn"`, and waits for one. */
  autofill?: boolean
}

/** A sign-in by passkey that is under way. */
let entering: Promise<SignedIn> | undefined

/**
 * Signs in: with `credentials`, with a `passkey`, or with a provider by its id (`github`), which leaves
 * this page.
 *
 * @throws UsherProblem `invalid-credentials`, `second-factor-required`, `quota-exceeded`; what the
 *   platform throws when a passkey was not shown.
 */
export async function signIn(
  way: 'credentials' | 'passkey' | (string & {}),
  options: SignInOptions = {},
): Promise<SignedIn> {
  const { user, password, code, returnTo, autofill = false } = options
  if (way !== 'credentials' && way !== 'passkey') {
    const query = new URLSearchParams({ returnTo: returnPath(returnTo, '/account') })
    noteLeaving()
    location.assign(`/api/auth/oauth/${encodeURIComponent(way)}?${query}`)
    return new Promise(() => undefined)
  }
  if (way === 'credentials') {
    const body = { user, password, ...(code === undefined ? {} : { code }) }
    return enter('/api/auth/login', body, returnTo)
  }
  // The field of the address and a button may both wait for a passkey: one sign-in is enough.
  if (entering !== undefined) return entering
  const credential = await showPasskey(autofill)
  entering ??= enter('/api/auth/passkey/login', { credential }, returnTo).finally(() => {
    entering = undefined
  })
  return entering
}

async function enter(
  path: string,
  body: Record<string, unknown>,
  returnTo: string | undefined,
): Promise<SignedIn> {
  const answer = await pageClient().request(path, jsonInit('POST', body))
  const { content } = await bodyOf(answer, isSignedIn)
  const known = { user: content.user, level: content.level }
  tell(known)
  leaveFor(returnTo)
  return known
}

/** Signs out, here and in the other tabs; with `returnTo` it goes there then. */
export async function signOut({ returnTo }: { returnTo?: string } = {}): Promise<void> {
  await pageClient().signOut()
  if (returnTo === undefined) return tell(null)
  tellOthers(null)
  leaveFor(returnTo)
}

async function showPasskey(autofill: boolean): Promise<unknown> {
  const answer = await pageClient().request('/api/auth/passkey/options', { method: 'POST' })
  const optionsJSON = await answer.json()
  const { startAuthentication } = await import('@simplewebauthn/browser')
  return startAuthentication({ optionsJSON, useBrowserAutofill: autofill })
}

/** A whole navigation: what the page was given by its server is of another session. */
function leaveFor(returnTo: string | undefined): void {
  if (returnTo !== undefined) location.assign(returnPath(returnTo, '/'))
}

/** Kept by the tab while it is at a provider. Where a browser keeps nothing, the other tabs learn it later. */
const AT_PROVIDER = 'usher-at-provider'

function noteLeaving(): void {
  try {
    sessionStorage.setItem(AT_PROVIDER, '1')
  } catch {
    // Without it nobody is told wrong.
  }
}

function hasLeft(): boolean {
  try {
    const left = sessionStorage.getItem(AT_PROVIDER) !== null
    sessionStorage.removeItem(AT_PROVIDER)
    return left
  } catch {
    return false
  }
}

let asking: Promise<SignedIn | null> | undefined

/** Asks the API who this is, and tells all tabs; what was told meanwhile is newer, and stays. */
function ask(): Promise<SignedIn | null> {
  asking ??= (async () => {
    const before = timesTold()
    const now = await whoIsThis()
    if (timesTold() === before) tell(now)
    return now
  })().finally(() => {
    asking = undefined
  })
  return asking
}

async function whoIsThis(): Promise<SignedIn | null> {
  try {
    const { user, level } = await bodyOf(await newClient().request('/api/profile'), isProfile)
    return { user, level }
  } catch (error) {
    if (error instanceof UsherProblem && error.status === 401) return null
    throw error
  }
}

function isProfile(body: unknown): body is SignedIn {
  return isRecord(body) && typeof body['user'] === 'string' && typeof body['level'] === 'number'
}

function statusOf(known: Known): Session['status'] {
  if (known === undefined) return 'loading'
  return known === null ? 'unauthenticated' : 'authenticated'
}
