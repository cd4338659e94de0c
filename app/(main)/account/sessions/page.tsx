import type { Metadata } from 'next'
import type { ReactNode } from 'react'
import { needUser } from '@/app/parts/viewer.ts'
import { Sessions } from './sessions.tsx'

export const metadata: Metadata = { title: 'Sessions' }

export default async function SessionsPage(): Promise<ReactNode> {
  await needUser('/account/sessions')
  return (
    <main id="main" tabIndex={-1} className="page">
      <Sessions />
    </main>
  )
}
