'use client'
import { type ReactNode, useState } from 'react'
import { call, useAct } from '@/app/parts/api.ts'
import { Dialog } from '@/app/parts/dialog.tsx'
import { PasswordField } from '@/app/parts/fields.tsx'
import { toast } from '@/app/parts/toasts.tsx'

export function Password({ minLength }: { minLength: number }): ReactNode {
  const [isOpen, setOpen] = useState(false)
  return (
    <section className="panel" aria-labelledby="password">
      <div className="panel-row">
        <div className="grow">
          <h2 id="password">Password</h2>
          <p className="muted">Changing it ends your other sessions.</p>
        </div>
        <button className="button" type="button" onClick={() => setOpen(true)}>
          Change password
        </button>
      </div>
      {isOpen && <ChangePassword minLength={minLength} onClose={() => setOpen(false)} />}
    </section>
  )
}

function ChangePassword({
  minLength,
  onClose,
}: {
  minLength: number
  onClose: () => void
}): ReactNode {
  const { busy, fault, run } = useAct()
  const act = async (fields: FormData) => {
    const changed = await run(() =>
      call('POST', '/api/auth/password', {
        current: String(fields.get('current')),
        password: String(fields.get('password')),
        endKeys: fields.get('endKeys') !== null,
      }),
    )
    if (!changed) return
    onClose()
    toast('Password changed; your other sessions have ended')
  }
  const isWrong = fault?.code === 'invalid-credentials'
  return (
    <Dialog
      title="Change password"
      act="Change password"
      busy={busy}
      fault={isWrong ? undefined : fault}
      known={['current', 'password']}
      onAct={act}
      onClose={onClose}
    >
      <PasswordField
        label="Current password"
        name="current"
        autoComplete="current-password"
        required
        autoFocus
        error={isWrong ? 'This is not your password.' : fault?.fields['current']}
      />
      <PasswordField
        label="New password"
        hint={`${minLength} characters at least.`}
        name="password"
        autoComplete="new-password"
        minLength={minLength}
        required
        error={fault?.fields['password']}
      />
      <label className="check">
        <input type="checkbox" name="endKeys" />
        End my API keys, too
      </label>
    </Dialog>
  )
}
