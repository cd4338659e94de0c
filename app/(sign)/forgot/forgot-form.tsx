'use client'
import { type FormEvent, type ReactNode, useState } from 'react'
import { call, useAct } from '@/app/parts/api.ts'
import { ActButton, AddressField, FormFault } from '@/app/parts/fields.tsx'
import { MailSent } from '@/app/parts/mail-sent.tsx'

export function ForgotForm(): ReactNode {
  const { busy, fault, run } = useAct()
  const [sentTo, setSentTo] = useState<string>()
  const send = (user: string) => run(() => call('POST', '/api/auth/password/forgot', { user }))
  const submit = async (event: FormEvent<HTMLFormElement>) => {
    event.preventDefault()
    const user = String(new FormData(event.currentTarget).get('user')).trim()
    if (await send(user)) setSentTo(user)
  }

  if (sentTo !== undefined) {
    return (
      <MailSent to={sentTo} busy={busy} fault={fault} again={() => send(sentTo)}>
        Its link is good for 30 minutes, once.
      </MailSent>
    )
  }
  return (
    <>
      <form className="fields" onSubmit={submit} method="post">
        <AddressField error={fault?.fields['user']} />
        <ActButton type="submit" tone="primary" busy={busy}>
          Send the link
        </ActButton>
        <FormFault fault={fault} known={['user']} />
      </form>
      <p className="muted">
        You know it again? <a href="/signin">Sign in</a>
      </p>
    </>
  )
}
