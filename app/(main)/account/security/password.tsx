'use client'
import { type ReactNode, useState } from 'react'
import { useAct } from '@/app/parts/api.ts'
import { Dialog } from '@/app/parts/dialog.tsx'
import { PasswordField } from '@/app/parts/fields.tsx'
import { keyCount } from '@/app/parts/key-count.ts'
import { toast } from '@/app/parts/toasts.tsx'
import { jsonInit } from '@/lib/client/transport.ts'
import { pageClient } from '@/lib/react.tsx'

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

/** What became of the sessions and the API keys. */
function wordsOf(headers: Headers): string {
  const [ended, left] = [keyCount(headers, 'Ended'), keyCount(headers, 'Left')]
  const over = ended === '' ? 'your other sessions' : `your other sessions and ${ended}`
  return `Password changed; ${over} have ended${left === '' ? '' : `, ${left} not`}`
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
    const body = {
      current: String(fields.get('current')),
      password: String(fields.get('password')),
      endKeys: fields.get('endKeys') !== null,
    }
    await run(async () => {
      const init = jsonInit('POST', body)
      const { headers } = await pageClient().request('/api/auth/password', init)
      onClose()
      toast(wordsOf(headers))
    })
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
