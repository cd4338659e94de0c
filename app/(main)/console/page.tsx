import type { Metadata } from 'next'
import type { ReactNode } from 'react'
import { needAdmin } from '@/app/parts/viewer.ts'
import { offers } from '@/lib/http/pages/reference.ts'
import { Now } from './now.tsx'

export const metadata: Metadata = { title: 'Console' }

export default async function Console(): Promise<ReactNode> {
  await needAdmin('/console')
  return (
    <main id="main" tabIndex={-1} className="page page-wide">
      <Now hasTop={offers('GET', '/api/usage/top')} />
    </main>
  )
}
