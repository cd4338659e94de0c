'use client'
import { type ReactNode, useState } from 'react'
import type { ApiKey } from '@/app/parts/answers.ts'
import { type Answer, call, type Page, useAct } from '@/app/parts/api.ts'
import { Dialog } from '@/app/parts/dialog.tsx'
import { Icon } from '@/app/parts/icons.tsx'
import { Loaded } from '@/app/parts/states.tsx'
import { toast } from '@/app/parts/toasts.tsx'
import { timeAgo } from '@/app/parts/when.tsx'

/** The API keys of an account; each can be ended. */
export function UserKeys({
  path,
  answer,
  again,
}: {
  path: string
  answer: Answer<Page<ApiKey>>
  again: () => void
}): ReactNode {
  const [ending, setEnding] = useState<ApiKey>()
  const { busy, fault, run } = useAct()
  const act = async () => {
    if (ending === undefined) return
    if (!(await run(() => call('DELETE', `${path}/keys/${ending.id}`)))) return
    toast(`“${ending.name}” ended`)
    setEnding(undefined)
    again()
  }
  return (
    <details className="user-keys">
      <summary>
        <Icon name="right" size={16} />
        API keys
        <span className="count">{answer.value?.data.length ?? ''}</span>
      </summary>
      <Loaded answer={answer} what="The API keys" again={again} waiting={<p className="hint">…</p>}>
        {({ data }) =>
          data.length === 0 ? (
            <p className="hint">None.</p>
          ) : (
            data.map((key) => (
              <div key={key.id} className="row">
                <span className="grow">
                  {key.name}
                  <span className="hint mono user-key-prefix">{key.prefix}…</span>
                </span>
                <button
                  className="button button-quiet"
                  data-tone="danger"
                  type="button"
                  onClick={() => setEnding(key)}
                >
                  End<span className="hidden-text"> {key.name}</span>
                </button>
              </div>
            ))
          )
        }
      </Loaded>
      {ending !== undefined && (
        <Dialog
          title={`End “${ending.name}”?`}
          act="End API key"
          out="Keep it"
          danger
          busy={busy}
          fault={fault}
          onAct={act}
          onClose={() => setEnding(undefined)}
        >
          <p>Calls with this API key are refused at once. It cannot be brought back.</p>
          <ul className="goes" data-tone="danger">
            <li>
              <code>{ending.prefix}…</code>
            </li>
            <li>
              {ending.lastUsedAt === null ? 'Never used' : `Used ${timeAgo(ending.lastUsedAt)}`}
            </li>
          </ul>
        </Dialog>
      )}
    </details>
  )
}
