import type { ReactNode } from 'react'
import { SideNav } from '@/app/parts/side-nav.tsx'
import { SignedIn } from '@/app/parts/signed-in.tsx'

/** The pages of one's own account. */
export default function Layout({ children }: { children: ReactNode }): ReactNode {
  return (
    <SignedIn>
      <div className="shell">
        <SideNav
          name="Account"
          links={[
            { to: '/account', word: 'Profile', icon: 'user' },
            { to: '/account/keys', word: 'API keys', icon: 'key' },
            { to: '/account/usage', word: 'Usage', icon: 'chart' },
            { to: '/account/sessions', word: 'Sessions', icon: 'device' },
            { to: '/account/security', word: 'Security', icon: 'shield' },
          ]}
        />
        {children}
      </div>
    </SignedIn>
  )
}
