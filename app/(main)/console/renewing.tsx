'use client'
import { useRouter } from 'next/navigation'
import { type ReactNode, useEffect } from 'react'
import { Skeleton } from '@/app/parts/states.tsx'
import { useSession } from '@/lib/react.tsx'

/** The access token is over: it is renewed by asking the API, and then the server knows the level. */
export function Renewing(): ReactNode {
  const router = useRouter()
  const { update } = useSession()
  useEffect(() => {
    update()
      .then(() => router.refresh())
      .catch(() => undefined)
  }, [router, update])
  return (
    <main id="main" tabIndex={-1} className="page">
      <h1 className="hidden-text">Console</h1>
      <div className="panel">
        <Skeleton rows={8} columns={4} />
      </div>
    </main>
  )
}
