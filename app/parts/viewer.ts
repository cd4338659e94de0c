import { headers } from 'next/headers'
import { forbidden, redirect } from 'next/navigation'
import { cache } from 'react'
import { passkeysPossible } from '@/lib/auth/passkeys/possible.ts'
import { ADMIN_LEVEL } from '@/lib/contract/access.ts'
import { pageDeps } from '@/lib/deps/pages.ts'
import { offers } from '@/lib/http/pages/reference.ts'
import { type Viewer, viewerOf } from '@/lib/http/pages/viewer.ts'
import { NAME } from '@/lib/name.ts'
import { Plans } from '@/lib/rate-limit/plans.ts'
import { EnvironmentFault } from '@/lib/settings/settings.ts'
import type { PageSettings } from '@/lib/settings/types.ts'

/** Who looks at this page; undefined for nobody, and while the environment has faults. */
export const viewer: () => Promise<Viewer | undefined> = cache(async () => {
  const sent = await headers()
  return unlessFaulty(() => viewerOf(sent, pageDeps()), Promise.resolve(undefined))
})

/** What this API is called, and where it is. Pages are served also while the environment has faults. */
export function place(): Place {
  return unlessFaulty<Place>(
    () => {
      const { name, origin, passwordRules, limits, plans, providers } = pageDeps().settings
      const shown = providers.map(({ id, name }) => ({ id, name }))
      const passkeys = offers('POST', '/api/auth/passkeys') && passkeysPossible(origin)
      const ways = { providers: shown, passkeys }
      return { name, origin, minLength: passwordRules.minLength, limits, plans, ways }
    },
    { name: NAME, origin: '', minLength: 0, limits: {}, plans: new Map(), ways: NO_WAYS },
  )
}

const NO_WAYS: WaysShown = { providers: [], passkeys: false }

/** The ways to sign in besides a password. Pages know them at once: buttons that come later would push others. */
export interface WaysShown {
  providers: readonly { id: string; name: string }[]
  passkeys: boolean
}

interface Place extends Pick<PageSettings, 'name' | 'origin' | 'limits' | 'plans'> {
  /** Characters of a new password at least. */
  minLength: number
  ways: WaysShown
}

/** The plans of this deployment. */
export function planTable(): Plans {
  const { limits, plans } = place()
  return new Plans(plans, limits, () => undefined)
}

function unlessFaulty<value>(read: () => value, otherwise: value): value {
  try {
    return read()
  } catch (error) {
    if (error instanceof EnvironmentFault) return otherwise
    throw error
  }
}

/** Whoever is not signed in is sent to do so, and comes back to this path. */
export async function needUser(path: string): Promise<Viewer> {
  const found = await viewer()
  if (found === undefined) redirect(`/signin?returnTo=${encodeURIComponent(path)}`)
  return found
}

/**
 * Whoever is no admin is told so, with status 403. The level is in the access token, which may have to be
 * renewed first: it is not known then.
 */
export async function needAdmin(path: string): Promise<void> {
  const { level } = await needUser(path)
  if (level !== undefined && level < ADMIN_LEVEL) forbidden()
}
