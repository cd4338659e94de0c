'use client'
import { type ReactNode, useState } from 'react'
import type { Fault } from './api.ts'
import { PasswordField } from './fields.tsx'

/** Whether an act asked for a sign-in of a moment ago: it goes on asking, once it has. */
export function useFresh(fault: Fault | undefined): boolean {
  const [asked, setAsked] = useState(false)
  const asks = fault?.code === 'fresh-signin-required'
  if (asks && !asked) setAsked(true)
  return asked || asks
}

/** The password, where the last sign-in is too long ago for this. */
export function FreshField({ fault }: { fault: Fault | undefined }): ReactNode {
  return (
    <PasswordField
      label="Password"
      hint="Your last sign-in is some time ago. Without a password, sign in again first."
      name="current"
      autoComplete="current-password"
      required
      error={fault?.fields['current']}
    />
  )
}

/** `current` for a body, if the form asked for it. */
export function freshBody(fields: FormData): { current?: string } {
  const current = fields.get('current')
  return typeof current === 'string' && current !== '' ? { current } : {}
}
