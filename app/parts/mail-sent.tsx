'use client'
import type { ReactNode } from 'react'
import type { Fault } from './api.ts'
import { ActButton, FormFault } from './fields.tsx'
import { Said } from './states.tsx'

/** A mail is on its way; whether there was one to send is not said. */
export function MailSent({
  to,
  busy,
  fault,
  again,
  children,
}: {
  to: string
  busy: boolean
  fault: Fault | undefined
  again: () => void
  children: ReactNode
}): ReactNode {
  return (
    <>
      <Said title="Look into your mail">
        <p>
          If there is something to be done for <strong>{to}</strong>, a mail is on its way.{' '}
          {children}
        </p>
      </Said>
      <FormFault fault={fault} />
      <div className="row">
        <ActButton busy={busy} onClick={again}>
          Send it again
        </ActButton>
        <a className="button button-quiet" href="/signin">
          Sign in
        </a>
      </div>
    </>
  )
}
