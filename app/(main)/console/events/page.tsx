import type { Metadata } from 'next'
import type { ReactNode } from 'react'
import { needAdmin } from '@/app/parts/viewer.ts'
import { queryParameters } from '@/lib/http/pages/reference.ts'
import { Events } from './events.tsx'

export const metadata: Metadata = { title: 'Events' }

export default async function EventsPage(): Promise<ReactNode> {
  await needAdmin('/console/events')
  const type = queryParameters('GET', '/api/events').find(({ name }) => name === 'type')
  return (
    <main id="main" tabIndex={-1} className="page page-wide">
      <Events types={(type?.schema.enum ?? []).map(String)} />
    </main>
  )
}
