import type { Metadata } from 'next'
import type { ReactNode } from 'react'
import { needUser, place } from '@/app/parts/viewer.ts'
import { offers } from '@/lib/http/pages/reference.ts'
import { Password } from './password.tsx'
import { Ways } from './ways.tsx'

export const metadata: Metadata = { title: 'Security' }

/** How one signs in: each way that this API has. */
export default async function Security(): Promise<ReactNode> {
  await needUser('/account/security')
  const { minLength, ways } = place()
  const has = {
    totp: offers('POST', '/api/auth/totp'),
    totpState: offers('GET', '/api/profile/export'),
    identities: offers('GET', '/api/auth/identities'),
  }
  return (
    <main id="main" tabIndex={-1} className="page page-narrow">
      <header className="head">
        <div>
          <h1>Security</h1>
          <p>How you sign in.</p>
        </div>
      </header>
      <Password minLength={minLength} />
      <Ways ways={ways} has={has} />
    </main>
  )
}
