'use client'
import { type ReactNode, useState } from 'react'
import type { Passkey } from '@/app/parts/answers.ts'
import { type Asked, call, type Page, Told, useAct } from '@/app/parts/api.ts'
import { Dialog } from '@/app/parts/dialog.tsx'
import { EndButton, TextField } from '@/app/parts/fields.tsx'
import { freshBody, useFresh } from '@/app/parts/fresh.tsx'
import { Icon } from '@/app/parts/icons.tsx'
import { Loaded } from '@/app/parts/states.tsx'
import { toast } from '@/app/parts/toasts.tsx'
import { dayOf } from '@/app/parts/when.tsx'

/** Passkeys: added with this device, named, removed. */
export function Passkeys({ asked: [answer, again] }: { asked: Asked<Page<Passkey>> }): ReactNode {
  const [dialog, setDialog] = useState<'add' | Passkey>()
  const close = () => setDialog(undefined)
  const done = (said: string) => {
    close()
    again()
    toast(said)
  }
  return (
    <section className="panel" aria-labelledby="passkeys">
      <div className="panel-row">
        <div className="grow">
          <h2 id="passkeys">Passkeys</h2>
          <p className="muted">
            Sign in with your fingerprint, face or device PIN. Nothing to type, nothing to steal.
          </p>
        </div>
        <button className="button" type="button" onClick={() => setDialog('add')}>
          <Icon name="plus" />
          Add a passkey
        </button>
      </div>
      <Loaded answer={answer} what="Your passkeys" again={again}>
        {({ data }) =>
          data.map((passkey) => (
            <div key={passkey.id} className="panel-row">
              <div className="grow">
                <h3>{passkey.name}</h3>
                <p className="muted">
                  Added {dayOf(passkey.createdAt)},{' '}
                  {passkey.lastUsedAt === null
                    ? 'not used yet'
                    : `used on ${dayOf(passkey.lastUsedAt)}`}
                  . {passkey.backedUp ? 'Kept with copies.' : 'On one device alone.'}
                </p>
              </div>
              <EndButton word="Remove" of={passkey.name} onClick={() => setDialog(passkey)} />
            </div>
          ))
        }
      </Loaded>
      {dialog === 'add' && (
        <AddPasskey onClose={close} onDone={(name) => done(`Passkey “${name}” added`)} />
      )}
      {typeof dialog === 'object' && (
        <RemovePasskey
          passkey={dialog}
          onClose={close}
          onDone={() => done(`Passkey “${dialog.name}” removed`)}
        />
      )}
    </section>
  )
}

function AddPasskey({
  onClose,
  onDone,
}: {
  onClose: () => void
  onDone: (name: string) => void
}): ReactNode {
  const { busy, fault, run } = useAct()
  const fresh = useFresh(fault)
  const act = async (fields: FormData) => {
    const name = String(fields.get('name')).trim()
    const added = await run(async () => {
      const path = '/api/auth/passkeys'
      const optionsJSON = await call<never>('POST', `${path}/options`)
      const { startRegistration } = await import('@simplewebauthn/browser')
      const credential = await startRegistration({ optionsJSON }).catch(refusedByBrowser)
      if (credential === undefined) return
      await call('POST', path, { name, credential, ...freshBody(fields) })
      onDone(name)
    })
    return added
  }
  return (
    <Dialog
      title="Add a passkey"
      act="Add passkey"
      busy={busy}
      fault={fresh.fault}
      known={['name', 'current']}
      onAct={act}
      onClose={onClose}
    >
      <TextField
        label="Name"
        hint="Of the device or the key, so that you know it again."
        name="name"
        maxLength={100}
        required
        autoComplete="off"
        autoFocus
        error={fault?.fields['name']}
      />
      {fresh.field}
    </Dialog>
  )
}

/** Closing the browser's own window is a choice, and no fault. */
function refusedByBrowser(error: unknown): undefined {
  const name = error instanceof Error ? error.name : ''
  if (name === 'NotAllowedError' || name === 'AbortError') return undefined
  if (name === 'InvalidStateError') throw new Told('This device has a passkey of yours already')
  throw new Told('This browser could not make a passkey here')
}

function RemovePasskey({
  passkey: { id, name },
  onClose,
  onDone,
}: {
  passkey: Passkey
  onClose: () => void
  onDone: () => void
}): ReactNode {
  const { busy, fault, run } = useAct()
  const act = async () => {
    if (await run(() => call('DELETE', `/api/auth/passkeys/${id}`))) onDone()
  }
  return (
    <Dialog
      title={`Remove “${name}”?`}
      act="Remove passkey"
      out="Keep it"
      danger
      busy={busy}
      fault={fault}
      onAct={act}
      onClose={onClose}
    >
      <p>It does not sign you in any more. Take it off the device, too.</p>
    </Dialog>
  )
}
