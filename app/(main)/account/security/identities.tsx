'use client'
import { type ReactNode, useState } from 'react'
import type { Identity } from '@/app/parts/answers.ts'
import { type Asked, call, type Page, useAct } from '@/app/parts/api.ts'
import { Dialog } from '@/app/parts/dialog.tsx'
import { EndButton } from '@/app/parts/fields.tsx'
import { freshBody, useFresh } from '@/app/parts/fresh.tsx'
import { Icon } from '@/app/parts/icons.tsx'
import { Loaded } from '@/app/parts/states.tsx'
import { toast } from '@/app/parts/toasts.tsx'
import type { WaysShown } from '@/app/parts/viewer.ts'
import { dayOf } from '@/app/parts/when.tsx'

/** Accounts elsewhere that sign in here: linked and unlinked. */
export function Identities({
  asked: [answer, again],
  providers,
}: {
  asked: Asked<Page<Identity>>
  providers: WaysShown['providers']
}): ReactNode {
  const [ending, setEnding] = useState<Identity>()
  const nameOf = (id: string) => providers.find((each) => each.id === id)?.name ?? id
  const linked = answer.value?.data ?? []
  const others = providers.filter(({ id }) => !linked.some(({ provider }) => provider === id))
  if (providers.length === 0 && linked.length === 0) return null
  return (
    <section className="panel" aria-labelledby="linked">
      <div className="panel-row">
        <h2 id="linked">Linked accounts</h2>
      </div>
      <Loaded answer={answer} what="Your linked accounts" again={again}>
        {({ data }) =>
          data.map((identity) => (
            <div key={identity.id} className="panel-row">
              <ProviderIcon id={identity.provider} />
              <div className="grow">
                <h3>{nameOf(identity.provider)}</h3>
                <p className="muted">
                  {identity.address}, linked on {dayOf(identity.createdAt)}
                </p>
              </div>
              <EndButton
                word="Unlink"
                of={nameOf(identity.provider)}
                onClick={() => setEnding(identity)}
              />
            </div>
          ))
        }
      </Loaded>
      {answer.state === 'ready' &&
        others.map(({ id, name }) => (
          <div key={id} className="panel-row">
            <ProviderIcon id={id} />
            <div className="grow">
              <h3>{name}</h3>
              <p className="muted">Not linked</p>
            </div>
            <a
              className="button"
              href={`/api/auth/oauth/${encodeURIComponent(id)}?link=1&returnTo=/account/security`}
            >
              Connect {name}
            </a>
          </div>
        ))}
      {ending !== undefined && (
        <Unlink
          identity={ending}
          name={nameOf(ending.provider)}
          onClose={() => setEnding(undefined)}
          onDone={() => {
            toast(`${nameOf(ending.provider)} unlinked`)
            setEnding(undefined)
            again()
          }}
        />
      )}
    </section>
  )
}

function ProviderIcon({ id }: { id: string }): ReactNode {
  return <Icon name={id === 'github' || id === 'google' ? id : 'user'} />
}

function Unlink({
  identity: { id, address },
  name,
  onClose,
  onDone,
}: {
  identity: Identity
  name: string
  onClose: () => void
  onDone: () => void
}): ReactNode {
  const { busy, fault, run } = useAct()
  const fresh = useFresh(fault)
  const act = async (fields: FormData) => {
    const body = freshBody(fields)
    const sent = Object.keys(body).length === 0 ? undefined : body
    if (await run(() => call('DELETE', `/api/auth/identities/${id}`, sent))) onDone()
  }
  return (
    <Dialog
      title={`Unlink ${name}?`}
      act="Unlink"
      out="Keep it"
      danger
      busy={busy}
      fault={fresh.fault}
      known={['current']}
      onAct={act}
      onClose={onClose}
    >
      <p>
        {address} does not sign you in here any more. Your account stays, with its other ways to
        sign in.
      </p>
      {fresh.field}
    </Dialog>
  )
}
