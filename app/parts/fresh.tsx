'use client'
import { type ReactNode, useState } from 'react'
import type { Fault } from './api.ts'
import { PasswordField } from './fields.tsx'

/**
 * For an act that may ask for a sign-in of a moment ago: the field for the password, which stays once it
 * was asked for, and what else went wrong.
 */
export function useFresh(fault: Fault | undefined): {
  field: ReactNode
  fault: Fault | undefined
} {
  const [asked, setAsked] = useState(false)
  const asks = fault?.code === 'fresh-signin-required'
  if (asks && !asked) setAsked(true)
  const field = (asked || asks) && (
    <>
      <PasswordField
        label="Password"
        hint="Your last sign-in is some time ago."
        name="current"
        autoComplete="current-password"
        required
        error={fault?.fields['current']}
      />
      <p className="muted">
        No password?{' '}
        <a href={`/signin?returnTo=${encodeURIComponent(location.pathname)}`}>Sign in again</a>, and
        come back.
      </p>
    </>
  )
  return { field, fault: asks ? undefined : fault }
}

/** `current` for a body, if the form asked for it. */
export function freshBody(fields: FormData): { current?: string } {
  const current = fields.get('current')
  return typeof current === 'string' && current !== '' ? { current } : {}
}
