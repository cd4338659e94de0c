import type { Metadata } from 'next'
import type { ReactNode } from 'react'
import { needUser, place } from '@/app/parts/viewer.ts'
import { offers } from '@/lib/http/pages/reference.ts'
import { Identities } from './identities.tsx'
import { Passkeys } from './passkeys.tsx'
import { Password } from './password.tsx'
import { Totp } from './totp.tsx'

export const metadata: Metadata = { title: 'Security' }

/** How one signs in: each way that this API has. */
export default async function Security(): Promise<ReactNode> {
  await needUser('/account/security')
  return (
    <main id="main" tabIndex={-1} className="page page-narrow">
      <header className="head">
        <div>
          <h1>Security</h1>
          <p>How you sign in.</p>
        </div>
      </header>
      <Password minLength={place().minLength} />
      {offers('POST', '/api/auth/passkeys') && <Passkeys />}
      {offers('POST', '/api/auth/totp') && (
        <Totp tellsState={offers('GET', '/api/profile/export')} />
      )}
      {offers('GET', '/api/auth/identities') && <Identities />}
    </main>
  )
}
