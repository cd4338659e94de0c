'use client'
import { type ReactNode, useState } from 'react'
import type { Identity } from '@/app/parts/answers.ts'
import { call, type Page, useAct, useAnswer } from '@/app/parts/api.ts'
import { Dialog } from '@/app/parts/dialog.tsx'
import { FreshField, freshBody, useFresh } from '@/app/parts/fresh.tsx'
import { Icon } from '@/app/parts/icons.tsx'
import { Loaded, Skeleton } from '@/app/parts/states.tsx'
import { toast } from '@/app/parts/toasts.tsx'
import { dayOf } from '@/app/parts/when.tsx'

interface Provider {
  id: string
  name: string
}

/** Accounts elsewhere that sign in here: linked and unlinked. */
export function Identities(): ReactNode {
  const [providers] = useAnswer<{ data: Provider[] }>('/api/auth/providers')
  const [answer, again] = useAnswer<Page<Identity>>('/api/auth/identities')
  const [ending, setEnding] = useState<Identity>()
  const nameOf = (id: string) => providers.value?.data.find((each) => each.id === id)?.name ?? id
  const linked = answer.value?.data ?? []
  const others = (providers.value?.data ?? []).filter(
    ({ id }) => !linked.some(({ provider }) => provider === id),
  )
  if (providers.value?.data.length === 0 && linked.length === 0) return null
  return (
    <section className="panel" aria-labelledby="linked">
      <div className="panel-row">
        <h2 id="linked">Linked accounts</h2>
      </div>
      <Loaded
        answer={answer}
        what="Your linked accounts"
        again={again}
        waiting={<Skeleton rows={2} columns={2} />}
      >
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
              <button
                className="button button-quiet"
                data-tone="danger"
                type="button"
                onClick={() => setEnding(identity)}
              >
                Unlink<span className="hidden-text"> {nameOf(identity.provider)}</span>
              </button>
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
  const asksPassword = useFresh(fault)
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
      fault={fault?.code === 'fresh-signin-required' ? undefined : fault}
      known={['current']}
      onAct={act}
      onClose={onClose}
    >
      <p>
        {address} does not sign you in here any more. Your account stays, with its other ways to
        sign in.
      </p>
      {asksPassword && <FreshField fault={fault} />}
    </Dialog>
  )
}
