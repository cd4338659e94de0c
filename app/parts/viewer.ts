import { headers } from 'next/headers'
import { forbidden, redirect } from 'next/navigation'
import { cache } from 'react'
import { ADMIN_LEVEL } from '@/lib/contract/access.ts'
import { pageDeps } from '@/lib/deps/pages.ts'
import { type Viewer, viewerOf } from '@/lib/http/pages/viewer.ts'
import { NAME } from '@/lib/name.ts'
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
      const { name, origin, passwordRules, limits } = pageDeps().settings
      return { name, origin, minLength: passwordRules.minLength, limits }
    },
    { name: NAME, origin: '', minLength: 0, limits: {} },
  )
}

interface Place extends Pick<PageSettings, 'name' | 'origin' | 'limits'> {
  /** Characters of a new password at least. */
  minLength: number
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
 * Whoever is no admin is told so, with status 403.
 *
 * @returns Whether that is known: the level is in the access token, and that may have to be renewed first.
 */
export async function needAdmin(path: string): Promise<'admin' | 'not known yet'> {
  const { level } = await needUser(path)
  if (level === undefined) return 'not known yet'
  if (level < ADMIN_LEVEL) forbidden()
  return 'admin'
}
