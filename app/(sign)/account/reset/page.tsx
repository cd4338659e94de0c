import type { Metadata } from 'next'
import type { ReactNode } from 'react'
import { LinkForm } from '@/app/parts/link-form.tsx'
import { SignFrame } from '@/app/parts/sign-frame.tsx'
import { place } from '@/app/parts/viewer.ts'
import { contract } from '@/lib/contract/operations.ts'

export const metadata: Metadata = { title: 'Choose a new password' }

/** Where the mail leads that sets a new password. */
export default function Reset(): ReactNode {
  return (
    <SignFrame
      title="Choose a new password"
      lead="Every session and every API key of your account ends then."
    >
      <LinkForm
        path={contract.resetPassword.path}
        button="Set the password"
        done="Your password is set: sign in with it. Every session has ended."
        minLength={place().minLength}
        asksFirst
      />
    </SignFrame>
  )
}
