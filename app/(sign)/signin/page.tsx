import type { Metadata } from 'next'
import type { ReactNode } from 'react'
import { SignFrame } from '@/app/parts/sign-frame.tsx'
import { place } from '@/app/parts/viewer.ts'
import { returnPath } from '@/lib/client/return-to.ts'
import { SignInForm } from './sign-in-form.tsx'

export const metadata: Metadata = { title: 'Sign in' }

export default async function SignIn({
  searchParams,
}: {
  searchParams: Promise<{ returnTo?: string | string[] }>
}): Promise<ReactNode> {
  const { returnTo } = await searchParams
  const path = returnPath(typeof returnTo === 'string' ? returnTo : undefined, '/account')
  const { name, ways } = place()
  return (
    <SignFrame title={`Sign in to ${name}`} lead="For your API keys and your usage.">
      <SignInForm returnTo={path} ways={ways} />
    </SignFrame>
  )
}
