'use client'
import { useRouter } from 'next/navigation'
import { type ReactNode, useEffect, useState } from 'react'
import { type Fault, faultOf } from '@/app/parts/api.ts'
import { Failed, Skeleton } from '@/app/parts/states.tsx'
import { useSession } from '@/lib/react.tsx'

/** The access token is over: it is renewed by asking the API, and then the server knows the level. */
export function Renewing(): ReactNode {
  const router = useRouter()
  const { update } = useSession()
  const [fault, setFault] = useState<Fault>()
  const [round, setRound] = useState(0)
  // biome-ignore lint/correctness/useExhaustiveDependencies: a new round asks again
  useEffect(() => {
    setFault(undefined)
    update()
      .then(() => router.refresh())
      .catch((error) => setFault(faultOf(error)))
  }, [router, update, round])
  return (
    <main id="main" tabIndex={-1} className="page">
      <h1 className="hidden-text">Console</h1>
      <div className="panel">
        {fault === undefined ? (
          <Skeleton rows={8} columns={4} />
        ) : (
          <Failed what="The console" fault={fault} again={() => setRound(round + 1)} />
        )}
      </div>
    </main>
  )
}
