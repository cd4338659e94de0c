import type { Metadata } from 'next'
import type { ReactNode } from 'react'
import { needUser } from '@/app/parts/viewer.ts'
import { offers } from '@/lib/http/pages/reference.ts'
import { Leave } from './leave.tsx'
import { ProfilePanel } from './profile.tsx'

export const metadata: Metadata = { title: 'Profile' }

export default async function Account(): Promise<ReactNode> {
  await needUser('/account')
  const canExport = offers('GET', '/api/profile/export')
  const canDelete = offers('DELETE', '/api/profile')
  return (
    <main id="main" tabIndex={-1} className="page page-narrow">
      <header className="head">
        <div>
          <h1>Profile</h1>
          <p>Who you are here.</p>
        </div>
      </header>
      <ProfilePanel>
        {(canExport || canDelete) && <Leave canExport={canExport} canDelete={canDelete} />}
      </ProfilePanel>
    </main>
  )
}
