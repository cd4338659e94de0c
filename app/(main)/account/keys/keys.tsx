'use client'
import { type ReactNode, useRef, useState } from 'react'
import type { ApiKey, NewApiKey } from '@/app/parts/answers.ts'
import { call, faultOf, type Page, useAnswer } from '@/app/parts/api.ts'
import { EndKey } from '@/app/parts/end-key.tsx'
import { Icon } from '@/app/parts/icons.tsx'
import { Empty, Loaded, Skeleton } from '@/app/parts/states.tsx'
import { toast } from '@/app/parts/toasts.tsx'
import { CreateKey, type KeyCollection } from './create-key.tsx'
import { KeyTable } from './key-table.tsx'
import { Secret } from './secret.tsx'

interface KeysProps {
  origin: string
  largestLimit: number | undefined
  collections: readonly KeyCollection[]
}

/** The own API keys: made, rolled, ended. A secret is shown once. */
export function Keys({ origin, largestLimit, collections }: KeysProps): ReactNode {
  const [answer, again] = useAnswer<Page<ApiKey>>('/api/keys')
  const [made, setMade] = useState<NewApiKey>()
  const [dialog, setDialog] = useState<'create' | { end: ApiKey }>()
  const [rolling, setRolling] = useState<string>()
  const close = () => setDialog(undefined)
  const first = useRef<HTMLButtonElement>(null)

  const roll = async ({ id, name }: ApiKey) => {
    if (rolling !== undefined) return
    setRolling(id)
    try {
      setMade(await call<NewApiKey>('POST', `/api/keys/${id}/roll`))
      toast(`“${name}” rolled: the old secret works for 24 h more`)
      again()
    } catch (error) {
      toast(`“${name}” was not rolled: ${faultOf(error).title}`, 'danger')
    }
    setRolling(undefined)
  }
  const create = (
    <button
      className="button button-primary"
      type="button"
      ref={first}
      onClick={() => setDialog('create')}
      disabled={collections.length === 0}
    >
      <Icon name="plus" />
      Create API key
    </button>
  )

  return (
    <>
      <header className="head">
        <div>
          <h1>API keys</h1>
          <p>One for each place that calls the API.</p>
        </div>
        {create}
      </header>
      {made !== undefined && (
        <Secret
          made={made}
          origin={origin}
          collection={made.scopes[0]?.split(':')[0]}
          onStored={() => {
            setMade(undefined)
            first.current?.focus()
          }}
        />
      )}
      <section className="panel" aria-label="Your API keys">
        <Loaded
          answer={answer}
          what="Your API keys"
          again={again}
          waiting={<Skeleton rows={4} columns={5} />}
        >
          {({ data }) =>
            data.length === 0 ? (
              <Empty icon="key" title="No API keys yet">
                A key lets a program call the API without your password. It opens the collections
                that you choose, and no more.
              </Empty>
            ) : (
              <KeyTable
                keys={data}
                shown={made?.id}
                rolling={rolling}
                onRoll={roll}
                onEnd={(key) => setDialog({ end: key })}
              />
            )
          }
        </Loaded>
      </section>
      {dialog === 'create' && (
        <CreateKey
          collections={collections}
          largestLimit={largestLimit}
          onClose={close}
          onMade={(key) => {
            setMade(key)
            close()
            again()
            toast(`API key “${key.name}” created`)
          }}
        />
      )}
      {typeof dialog === 'object' && (
        <EndKey
          apiKey={dialog.end}
          path="/api/keys"
          onClose={close}
          onEnded={() => {
            if (made?.id === dialog.end.id) setMade(undefined)
            close()
            again()
            toast(`“${dialog.end.name}” ended`)
          }}
        >
          <p className="muted">To change the secret without a gap, roll it instead.</p>
        </EndKey>
      )}
    </>
  )
}
