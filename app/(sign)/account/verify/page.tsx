import type { Metadata } from 'next'
import type { ReactNode } from 'react'
import { LinkForm } from '@/app/parts/link-form.tsx'
import { SignFrame } from '@/app/parts/sign-frame.tsx'
import { place } from '@/app/parts/viewer.ts'
import { contract } from '@/lib/contract/operations.ts'

export const metadata: Metadata = { title: 'Confirm your address' }

/** Where the mail leads that confirms an address. */
export default function Verify(): ReactNode {
  return (
    <SignFrame title="Confirm your address" lead="Then your account is there.">
      <LinkForm
        path={contract.verifyEmail.path}
        button="Confirm"
        done="Your address is confirmed: you can sign in now."
        minLength={place().minLength}
        asksFirst={false}
      />
    </SignFrame>
  )
}
