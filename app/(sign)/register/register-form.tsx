'use client'
import { type FormEvent, type ReactNode, useState } from 'react'
import { call, useAct } from '@/app/parts/api.ts'
import { ActButton, AddressField, FormFault, PasswordField } from '@/app/parts/fields.tsx'
import { MailSent } from '@/app/parts/mail-sent.tsx'

export function RegisterForm({ minLength }: { minLength: number }): ReactNode {
  const { busy, fault, run } = useAct()
  const [sentTo, setSentTo] = useState<string>()
  const submit = async (event: FormEvent<HTMLFormElement>) => {
    event.preventDefault()
    const fields = new FormData(event.currentTarget)
    const [user, password] = [String(fields.get('user')).trim(), String(fields.get('password'))]
    const sent = await run(() => call('POST', '/api/auth/register', { user, password }))
    if (sent) setSentTo(user)
  }
  const again = () => run(() => call('POST', '/api/auth/email/resend', { user: sentTo }))

  if (sentTo !== undefined) {
    return (
      <MailSent to={sentTo} busy={busy} fault={fault} again={again}>
        Follow its link within 24 hours, and you can sign in. A link that is asked for again asks
        for a password.
      </MailSent>
    )
  }
  return (
    <>
      <form className="fields" onSubmit={submit} method="post">
        <AddressField error={fault?.fields['user']} />
        <PasswordField
          label="Password"
          hint={`${minLength} characters at least; a few words that you alone would put together.`}
          name="password"
          autoComplete="new-password"
          minLength={minLength}
          required
          error={fault?.fields['password']}
        />
        <ActButton type="submit" tone="primary" busy={busy}>
          Create account
        </ActButton>
        <FormFault fault={fault} known={['user', 'password']} />
      </form>
      <p className="muted">
        You have one? <a href="/signin">Sign in</a>
      </p>
    </>
  )
}
