import type { Metadata } from 'next'
import type { ReactNode } from 'react'
import { SignFrame } from '@/app/parts/sign-frame.tsx'
import { place } from '@/app/parts/viewer.ts'
import { RegisterForm } from './register-form.tsx'

export const metadata: Metadata = { title: 'Create account' }

export default function Register(): ReactNode {
  const { name, minLength } = place()
  return (
    <SignFrame title={`Create an account of ${name}`} lead="It is yours once you confirm the mail.">
      <RegisterForm minLength={minLength} />
    </SignFrame>
  )
}
