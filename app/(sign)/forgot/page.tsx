import type { Metadata } from 'next'
import type { ReactNode } from 'react'
import { SignFrame } from '@/app/parts/sign-frame.tsx'
import { ForgotForm } from './forgot-form.tsx'

export const metadata: Metadata = { title: 'Forgotten password' }

export default function Forgot(): ReactNode {
  return (
    <SignFrame title="Choose a new password" lead="A mail brings you a link that does it.">
      <ForgotForm />
    </SignFrame>
  )
}
