'use client'
import type { ReactNode } from 'react'
import type { Identity, Passkey } from '@/app/parts/answers.ts'
import { type Page, useAnswer } from '@/app/parts/api.ts'
import { Skeleton } from '@/app/parts/states.tsx'
import type { WaysShown } from '@/app/parts/viewer.ts'
import { Identities } from './identities.tsx'
import { Passkeys } from './passkeys.tsx'
import { Totp, type TotpState } from './totp.tsx'

interface WaysProps {
  ways: WaysShown
  has: {
    totp: boolean
    /** Whether the API tells if codes are on. */
    totpState: boolean
    identities: boolean
  }
}

/** The ways to sign in besides the password. They are shown together: one that came later would push others. */
export function Ways({ ways: { providers, passkeys }, has }: WaysProps): ReactNode {
  const asked = [
    useAnswer<Page<Passkey>>(passkeys ? '/api/auth/passkeys' : null),
    useAnswer<TotpState>(has.totpState ? '/api/profile/export' : null),
    useAnswer<Page<Identity>>(has.identities ? '/api/auth/identities' : null),
  ] as const
  const [ofPasskeys, ofTotp, ofIdentities] = asked
  if (asked.some(([{ state }]) => state === 'loading')) {
    return (
      <div className="panel">
        <Skeleton rows={6} columns={2} />
      </div>
    )
  }
  return (
    <>
      {passkeys && <Passkeys asked={ofPasskeys} />}
      {has.totp && <Totp asked={ofTotp} />}
      {has.identities && <Identities asked={ofIdentities} providers={providers} />}
    </>
  )
}
