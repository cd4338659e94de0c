'use client'
import { type ReactNode, useState } from 'react'
import type { ApiKey } from '@/app/parts/answers.ts'
import type { Answer, Page } from '@/app/parts/api.ts'
import { EndKey } from '@/app/parts/end-key.tsx'
import { EndButton } from '@/app/parts/fields.tsx'
import { Icon } from '@/app/parts/icons.tsx'
import { Loaded } from '@/app/parts/states.tsx'
import { toast } from '@/app/parts/toasts.tsx'

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
                <EndButton word="End" of={key.name} onClick={() => setEnding(key)} />
              </div>
            ))
          )
        }
      </Loaded>
      {ending !== undefined && (
        <EndKey
          apiKey={ending}
          path={`${path}/keys`}
          onClose={() => setEnding(undefined)}
          onEnded={() => {
            toast(`“${ending.name}” ended`)
            setEnding(undefined)
            again()
          }}
        />
      )}
    </details>
  )
}
