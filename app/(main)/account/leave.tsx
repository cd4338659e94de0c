'use client'
import { type ReactNode, useState } from 'react'
import { call, useAct } from '@/app/parts/api.ts'
import { Dialog } from '@/app/parts/dialog.tsx'
import { ActButton, FormFault } from '@/app/parts/fields.tsx'
import { freshBody, useFresh } from '@/app/parts/fresh.tsx'
import { Icon } from '@/app/parts/icons.tsx'
import { signOut, useSession } from '@/lib/react.tsx'

/** Everything that is kept, to take along; and the end of the account. */
export function Leave({
  canExport,
  canDelete,
}: {
  canExport: boolean
  canDelete: boolean
}): ReactNode {
  const [isOpen, setOpen] = useState(false)
  const { busy, fault, run } = useAct()
  const save = () =>
    run(async () => saveFile('account.json', await call<object>('GET', '/api/profile/export')))
  return (
    <section className="panel" aria-labelledby="leave">
      <div className="panel-row">
        <div className="grow">
          <h2 id="leave">Leave</h2>
          <p className="muted">
            Take everything along that is kept of you, as JSON; delete your account and all that is
            in it.
          </p>
        </div>
        <span className="row">
          {canExport && (
            <ActButton busy={busy} onClick={save}>
              <Icon name="download" />
              Export
            </ActButton>
          )}
          {canDelete && (
            <button
              className="button button-danger"
              data-tone="danger"
              type="button"
              onClick={() => setOpen(true)}
            >
              Delete account…
            </button>
          )}
        </span>
      </div>
      <FormFault fault={fault} />
      {isOpen && <DeleteAccount onClose={() => setOpen(false)} />}
    </section>
  )
}

function DeleteAccount({ onClose }: { onClose: () => void }): ReactNode {
  const { data } = useSession()
  const { busy, fault, run } = useAct()
  const fresh = useFresh(fault)
  const act = async (fields: FormData) => {
    await run(async () => {
      await call('DELETE', '/api/profile', freshBody(fields))
      await signOut({ returnTo: '/' }).catch(() => location.assign('/'))
    })
  }
  return (
    <Dialog
      title={`Delete ${data?.user ?? 'your account'}?`}
      act="Delete account"
      out="Keep my account"
      danger
      busy={busy}
      fault={fresh.fault}
      known={['current']}
      onAct={act}
      onClose={onClose}
    >
      <p>This goes, at once and for good:</p>
      <ul className="goes" data-tone="danger">
        <li>Your API keys; calls with them are refused</li>
        <li>Your sessions, and every way to sign in</li>
        <li>What you wrote into collections that belongs to you</li>
        <li>What was counted of your usage</li>
      </ul>
      {fresh.field}
    </Dialog>
  )
}

/** Hands a file to the browser to keep. */
function saveFile(name: string, content: object): void {
  const blob = new Blob([JSON.stringify(content, null, 2)], { type: 'application/json' })
  const link = document.createElement('a')
  link.href = URL.createObjectURL(blob)
  link.download = name
  link.click()
  URL.revokeObjectURL(link.href)
}
