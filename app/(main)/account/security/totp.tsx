'use client'
import { type FormEvent, type ReactNode, useState } from 'react'
import { type Asked, call, type Fault, useAct } from '@/app/parts/api.ts'
import { CopyButton } from '@/app/parts/copy.tsx'
import { Dialog } from '@/app/parts/dialog.tsx'
import { ActButton, FormFault, PasswordField, TextField } from '@/app/parts/fields.tsx'
import { freshBody, useFresh } from '@/app/parts/fresh.tsx'
import { Icon } from '@/app/parts/icons.tsx'
import { QrCode } from '@/app/parts/qr-code.tsx'
import { Badge, Failed } from '@/app/parts/states.tsx'
import { toast } from '@/app/parts/toasts.tsx'
import { dayOf } from '@/app/parts/when.tsx'

interface Pending {
  secret: string
  uri: string
}

export interface TotpState {
  totp?: { createdAt: string } | null
}

/** Codes from an app: turned on in two steps, and off; both where the API does not tell if they are on. */
export function Totp({ asked: [state, again] }: { asked: Asked<TotpState> }): ReactNode {
  const [dialog, setDialog] = useState<'start' | 'stop'>()
  const [pending, setPending] = useState<Pending>()
  const [codes, setCodes] = useState<string[]>()
  const close = () => setDialog(undefined)
  // What is shown this once stays, whatever else fails.
  if (state.state === 'failed' && pending === undefined && codes === undefined) {
    return (
      <section className="panel" aria-label="Codes from an app">
        <Failed what="Whether codes are on" fault={state.fault} again={again} />
      </section>
    )
  }
  const on = state.value?.totp ?? undefined
  const isKnown = state.value?.totp !== undefined
  return (
    <section className="panel" aria-labelledby="totp">
      <div className="panel-row">
        <div className="grow">
          <h2 id="totp">Codes from an app</h2>
          <p className="muted">
            A second step when you sign in with your password
            {on === undefined ? '.' : `, on since ${dayOf(on.createdAt)}.`}
          </p>
        </div>
        {on !== undefined && (
          <Badge tone="ok" icon="okay">
            On
          </Badge>
        )}
        {(!isKnown || on === undefined) && pending === undefined && (
          <button className="button" type="button" onClick={() => setDialog('start')}>
            Turn on…
          </button>
        )}
        {(!isKnown || on !== undefined) && (
          <button
            className="button button-quiet"
            data-tone="danger"
            type="button"
            onClick={() => setDialog('stop')}
          >
            Turn off…
          </button>
        )}
      </div>
      {pending !== undefined && (
        <Confirm
          pending={pending}
          onCancel={() => setPending(undefined)}
          onCodes={(made) => {
            setPending(undefined)
            setCodes(made)
            again()
          }}
        />
      )}
      {codes !== undefined && <RecoveryCodes codes={codes} onStored={() => setCodes(undefined)} />}
      {dialog === 'start' && (
        <Start
          onClose={close}
          onPending={(made) => {
            close()
            setPending(made)
          }}
        />
      )}
      {dialog === 'stop' && (
        <Stop
          onClose={close}
          onDone={() => {
            close()
            again()
            toast('Codes are off')
          }}
        />
      )}
    </section>
  )
}

function Start({
  onClose,
  onPending,
}: {
  onClose: () => void
  onPending: (pending: Pending) => void
}): ReactNode {
  const { busy, fault, run } = useAct()
  const act = (fields: FormData) =>
    run(async () =>
      onPending(
        await call<Pending>('POST', '/api/auth/totp', { current: String(fields.get('current')) }),
      ),
    )
  return (
    <Dialog
      title="Turn codes on"
      act="Go on"
      busy={busy}
      fault={unlessWrong(fault)}
      known={['current']}
      onAct={act}
      onClose={onClose}
    >
      <p>You need an app that shows codes. From then on a password alone does not sign you in.</p>
      <PasswordField
        label="Password"
        name="current"
        autoComplete="current-password"
        required
        autoFocus
        error={isWrong(fault) ? 'This is not your password.' : fault?.fields['current']}
      />
    </Dialog>
  )
}

function Confirm({
  pending: { secret, uri },
  onCancel,
  onCodes,
}: {
  pending: Pending
  onCancel: () => void
  onCodes: (codes: string[]) => void
}): ReactNode {
  const { busy, fault, run } = useAct()
  const submit = (event: FormEvent<HTMLFormElement>) => {
    event.preventDefault()
    const code = String(new FormData(event.currentTarget).get('code')).replaceAll(/\s/g, '')
    void run(async () => {
      const { recoveryCodes } = await call<{ recoveryCodes: string[] }>(
        'POST',
        '/api/auth/totp/confirm',
        { code },
      )
      onCodes(recoveryCodes)
    })
  }
  return (
    <form className="panel-body" onSubmit={submit}>
      <div className="totp-setup">
        <QrCode text={uri} label="QR code with the secret that is written beside it" />
        <div className="fields grow">
          <p>
            1. Scan this with your app, or type <code>{secret.replace(/(.{4})(?=.)/g, '$1 ')}</code>
          </p>
          <TextField
            label="2. Code"
            hint="The six digits that the app shows now."
            name="code"
            className="input input-code"
            inputMode="numeric"
            autoComplete="one-time-code"
            maxLength={7}
            required
            error={isWrong(fault) ? 'This is not what the app shows now.' : fault?.fields['code']}
          />
          <FormFault fault={unlessWrong(inWords(fault))} known={['code']} />
          <div className="row">
            <ActButton type="submit" tone="primary" busy={busy}>
              Turn on
            </ActButton>
            <button className="button button-quiet" type="button" onClick={onCancel}>
              Cancel
            </button>
          </div>
        </div>
      </div>
    </form>
  )
}

function RecoveryCodes({
  codes,
  onStored,
}: {
  codes: readonly string[]
  onStored: () => void
}): ReactNode {
  return (
    <div className="panel-body">
      <section className="secret" aria-labelledby="recovery">
        <h3 id="recovery" className="row">
          <Icon name="key" />
          Copy your recovery codes now
        </h3>
        <p>This is the only time they are shown. Each works once, when you have no app at hand.</p>
        <div className="secret-value">
          <code className="input secret-text">{codes.join(' ')}</code>
          <CopyButton text={() => codes.join('\n')} name="the recovery codes" label="Copy" />
        </div>
        <div>
          <button className="button" type="button" onClick={onStored}>
            I have stored them
          </button>
        </div>
      </section>
    </div>
  )
}

function Stop({ onClose, onDone }: { onClose: () => void; onDone: () => void }): ReactNode {
  const { busy, fault, run } = useAct()
  const fresh = useFresh(fault)
  const wrong = fresh.field ? 'The code or the password is wrong.' : 'This code is wrong.'
  const act = async (fields: FormData) => {
    const code = String(fields.get('code')).trim()
    const body = { code, ...freshBody(fields) }
    if (await run(() => call('DELETE', '/api/auth/totp', body))) onDone()
  }
  return (
    <Dialog
      title="Turn codes off?"
      act="Turn off"
      out="Leave them on"
      danger
      busy={busy}
      fault={unlessWrong(fresh.fault)}
      known={['code', 'current']}
      onAct={act}
      onClose={onClose}
    >
      <p>From then on your password alone signs you in. Your recovery codes end.</p>
      <TextField
        label="Code"
        hint="Six digits from your app, or a recovery code."
        name="code"
        className="input input-code"
        autoComplete="one-time-code"
        required
        error={isWrong(fault) ? wrong : fault?.fields['code']}
      />
      {fresh.field}
    </Dialog>
  )
}

function isWrong(fault: Fault | undefined): boolean {
  return fault?.code === 'invalid-credentials'
}

/** The secret waits for a code for ten minutes. */
function inWords(fault: Fault | undefined): Fault | undefined {
  if (fault?.code !== 'conflict') return fault
  return { ...fault, title: 'Too late', detail: 'Cancel, and begin again with a new secret.' }
}

/** What stands at the field is not said twice. */
function unlessWrong(fault: Fault | undefined): Fault | undefined {
  return isWrong(fault) ? undefined : fault
}
