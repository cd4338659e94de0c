'use client'
import { type FormEvent, type ReactNode, useEffect, useRef, useState } from 'react'
import { type Fault, faultOf } from '@/app/parts/api.ts'
import {
  ActButton,
  AddressField,
  FormFault,
  PasswordField,
  TextField,
} from '@/app/parts/fields.tsx'
import type { WaysShown } from '@/app/parts/viewer.ts'
import { signIn, useSession } from '@/lib/react.tsx'
import { OtherWays } from './other-ways.tsx'

/** Signs in with a password, and a code where the account wants one; below it the other ways. */
export function SignInForm({ returnTo, ways }: { returnTo: string; ways: WaysShown }): ReactNode {
  const [busy, setBusy] = useState(false)
  const [fault, setFault] = useState<Fault>()
  const [wantsCode, setWantsCode] = useState(false)
  const code = useRef<HTMLInputElement>(null)
  const { data } = useSession()
  useEffect(() => {
    if (wantsCode) code.current?.focus()
  }, [wantsCode])

  const submit = async (event: FormEvent<HTMLFormElement>) => {
    event.preventDefault()
    if (busy) return
    const fields = new FormData(event.currentTarget)
    const said = (name: string) => String(fields.get(name) ?? '').trim()
    const options = { user: said('user'), password: String(fields.get('password')), returnTo }
    setBusy(true)
    setFault(undefined)
    try {
      // It leaves this page: the button stays busy until then.
      await signIn('credentials', wantsCode ? { ...options, code: said('code') } : options)
    } catch (error) {
      const { code: slug, ...found } = faultOf(error)
      // The first answer that asks for a code is no failure.
      const asks = slug === 'second-factor-required'
      setFault(asks && !wantsCode ? undefined : { code: slug, ...found })
      setWantsCode(wantsCode || asks)
      setBusy(false)
    }
  }

  return (
    <>
      {data !== null && (
        <p className="muted">
          You are signed in as {data.user}. <a href={returnTo}>Go on</a>
        </p>
      )}
      <form className="fields" onSubmit={submit} method="post">
        <AddressField autoComplete="username webauthn" />
        <PasswordField
          label="Password"
          name="password"
          autoComplete="current-password"
          required
          error={fault?.fields['password']}
        />
        {wantsCode && (
          <TextField
            label="Code"
            hint="Six digits from your app, or a recovery code."
            name="code"
            className="input input-code"
            autoComplete="one-time-code"
            required
            ref={code}
            error={fault?.fields['code']}
          />
        )}
        <ActButton type="submit" tone="primary" busy={busy}>
          Sign in
        </ActButton>
        <FormFault fault={fault} known={['password', 'code']} />
      </form>
      <p className="row between">
        <a className="row-link" href="/forgot">
          Forgot your password?
        </a>
        <a className="row-link" href="/register">
          Create account
        </a>
      </p>
      <OtherWays ways={ways} returnTo={returnTo} onFault={setFault} />
    </>
  )
}
