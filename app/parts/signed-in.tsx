'use client'
import { type ReactNode, useEffect } from 'react'
import { signOut, useSession } from '@/lib/react.tsx'

/**
 * Leads whoever's session has ended to signing in again, and back to this page. The cookies go first:
 * their signatures may still be good.
 */
export function SignedIn({ children }: { children: ReactNode }): ReactNode {
  const { status } = useSession()
  useEffect(() => {
    if (status !== 'unauthenticated') return
    const returnTo = encodeURIComponent(`${location.pathname}${location.search}`)
    void signOut()
      .catch(() => undefined)
      .then(() => location.replace(`/signin?returnTo=${returnTo}`))
  }, [status])
  return children
}
