'use client'
import { type ReactNode, useState } from 'react'
import type { User } from '@/app/parts/answers.ts'
import { call, useAct } from '@/app/parts/api.ts'
import { Dialog } from '@/app/parts/dialog.tsx'
import { TextField } from '@/app/parts/fields.tsx'
import { counted } from '@/app/parts/paged.tsx'
import { toast } from '@/app/parts/toasts.tsx'

export type UserDialog = 'disable' | 'delete' | 'totp'

interface DialogProps {
  user: User
  path: string
  /** Undefined where it is not known. */
  keyCount: number | undefined
  onClose: () => void
  onUser: (user: User | undefined) => void
}

/** What asks once before something goes. */
export function UserDialogs({
  open,
  ...props
}: DialogProps & { open: UserDialog | undefined }): ReactNode {
  if (open === 'disable') return <Disable {...props} />
  if (open === 'delete') return <Delete {...props} />
  return open === 'totp' ? <TotpOff {...props} /> : null
}

function keysIn(count: number | undefined): string {
  if (count === undefined) return 'Its API keys; calls with them are refused'
  if (count === 0) return 'No API key: it has none'
  return `${counted(count, 'API key')}; calls with ${count === 1 ? 'it' : 'them'} are refused`
}

function Disable({ user, path, keyCount, onClose, onUser }: DialogProps): ReactNode {
  const { busy, fault, run } = useAct()
  const act = () =>
    run(async () => {
      onUser(await call<User>('PATCH', path, { disabled: true }))
      toast(`${user.user} disabled`)
    })
  return (
    <Dialog
      title={`Disable ${user.user}?`}
      act="Disable account"
      out="Leave it enabled"
      danger
      busy={busy}
      fault={fault}
      onAct={act}
      onClose={onClose}
    >
      <p>Nobody can sign in to it any more. This ends at once:</p>
      <ul className="goes" data-tone="danger">
        <li>Its sessions</li>
        <li>{keysIn(keyCount)}</li>
      </ul>
      <p className="muted">The account and its data stay. It can be enabled again.</p>
    </Dialog>
  )
}

function Delete({ user, path, keyCount, onClose, onUser }: DialogProps): ReactNode {
  const [typed, setTyped] = useState('')
  const { busy, fault, run } = useAct()
  const act = () =>
    run(async () => {
      await call('DELETE', path)
      onUser(undefined)
      toast(`${user.user} deleted`)
    })
  return (
    <Dialog
      title={`Delete ${user.user}?`}
      act="Delete user"
      out="Keep it"
      danger
      ready={typed.trim() === user.user}
      busy={busy}
      fault={fault}
      onAct={act}
      onClose={onClose}
    >
      <p>This goes, at once and for good:</p>
      <ul className="goes" data-tone="danger">
        <li>The account and its sessions</li>
        <li>{keysIn(keyCount)}</li>
      </ul>
      <p className="muted">
        The address can be registered again. To keep the data and only keep the person out, disable
        the account.
      </p>
      <TextField
        label="Type the address to go on"
        autoComplete="off"
        spellCheck={false}
        value={typed}
        onChange={({ target }) => setTyped(target.value)}
      />
    </Dialog>
  )
}

function TotpOff({ user, path, onClose, onUser }: DialogProps): ReactNode {
  const { busy, fault, run } = useAct()
  const act = () =>
    run(async () => {
      onUser(await call<User>('PATCH', path, { totp: false }))
      toast(`Codes of ${user.user} are off`)
    })
  return (
    <Dialog
      title={`Turn off the codes of ${user.user}?`}
      act="Turn off"
      out="Leave them on"
      danger
      busy={busy}
      fault={fault}
      onAct={act}
      onClose={onClose}
    >
      <p>For somebody who has lost app and recovery codes. From then on a password is enough.</p>
    </Dialog>
  )
}
