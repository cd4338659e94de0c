import type { Metadata } from 'next'
import type { ReactNode } from 'react'
import { needUser } from '@/app/parts/viewer.ts'
import { offers } from '@/lib/http/pages/reference.ts'
import { NoUsage } from './no-usage.tsx'
import { UsageShown } from './usage-shown.tsx'

export const metadata: Metadata = { title: 'Usage' }

export default async function UsagePage(): Promise<ReactNode> {
  await needUser('/account/usage')
  return (
    <main id="main" tabIndex={-1} className="page">
      {offers('GET', '/api/usage') ? <UsageShown path="/api/usage" own /> : <NoUsage />}
    </main>
  )
}
