import type { ReactNode } from 'react'
import { type SideLink, SideNav } from '@/app/parts/side-nav.tsx'
import { SignedIn } from '@/app/parts/signed-in.tsx'
import { viewer } from '@/app/parts/viewer.ts'
import { shownCollections } from '@/lib/http/pages/collections-shown.ts'
import { Renewing } from './renewing.tsx'

/**
 * The pages of admins. Each sends away whoever is none, since it knows where that one wanted to go. The API
 * asks for the level again wherever data is read.
 */
export default async function Layout({ children }: { children: ReactNode }): Promise<ReactNode> {
  const found = await viewer()
  const isRenewing = found !== undefined && found.level === undefined
  const collections = shownCollections().map(
    ({ name }, index): SideLink => ({
      to: `/console/data/${name}`,
      word: name,
      icon: 'table',
      ...(index === 0 ? { title: 'Collections' } : {}),
    }),
  )
  return (
    <SignedIn>
      <div className="shell">
        <SideNav
          name="Console"
          links={[
            { to: '/console', word: 'Now', icon: 'home' },
            { to: '/console/users', word: 'Users', icon: 'users' },
            { to: '/console/usage', word: 'Usage', icon: 'chart' },
            { to: '/console/events', word: 'Events', icon: 'list' },
            ...collections,
          ]}
        />
        {isRenewing ? <Renewing /> : children}
      </div>
    </SignedIn>
  )
}
