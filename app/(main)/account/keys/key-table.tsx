'use client'
import type { ReactNode } from 'react'
import type { ApiKey } from '@/app/parts/answers.ts'
import { EndButton } from '@/app/parts/fields.tsx'
import { Badge } from '@/app/parts/states.tsx'
import { When } from '@/app/parts/when.tsx'

const SOON_MS = 14 * 86_400_000
const DAY_MS = 86_400_000

export function KeyTable({
  keys,
  shown,
  rolling,
  onRoll,
  onEnd,
}: {
  keys: readonly ApiKey[]
  /** The one whose secret is on the page. */
  shown: string | undefined
  rolling: string | undefined
  onRoll: (key: ApiKey) => void
  onEnd: (key: ApiKey) => void
}): ReactNode {
  return (
    <table className="table table-stack">
      <caption className="hidden-text">Your API keys, newest first</caption>
      <thead>
        <tr>
          <th scope="col">Name</th>
          <th scope="col">Scopes</th>
          <th scope="col" className="num optional">
            A minute
          </th>
          <th scope="col">Last used</th>
          <th scope="col">Ends</th>
          <th scope="col">
            <span className="hidden-text">Actions</span>
          </th>
        </tr>
      </thead>
      <tbody>
        {keys.map((key) => (
          <tr key={key.id} className={key.id === shown ? 'is-open' : undefined}>
            <th scope="row">
              <div className="two-lines">
                {key.name}
                <div className="hint mono">{key.prefix}…</div>
              </div>
            </th>
            <td data-label="Scopes">
              <span className="row">
                {key.scopes.map((scope) => (
                  <span key={scope} className="chip">
                    {scope}
                  </span>
                ))}
              </span>
            </td>
            <td className="num optional" data-label="A minute">
              {key.limit?.toLocaleString('en') ?? 'no limit'}
            </td>
            <td data-label="Last used">
              {key.lastUsedAt === null ? 'not yet' : <When at={key.lastUsedAt} ago />}
            </td>
            <td data-label="Ends">
              <Ends at={key.expiresAt} />
            </td>
            <td className="actions">
              <button
                className="button button-quiet"
                type="button"
                aria-busy={rolling === key.id || undefined}
                onClick={() => onRoll(key)}
              >
                Roll<span className="hidden-text"> {key.name}</span>
              </button>
              <EndButton word="End" of={key.name} onClick={() => onEnd(key)} />
            </td>
          </tr>
        ))}
      </tbody>
    </table>
  )
}

function Ends({ at }: { at: string | null }): ReactNode {
  if (at === null) return 'never'
  const left = Date.parse(at) - Date.now()
  if (left > SOON_MS) return <When at={at} />
  const days = Math.floor(left / DAY_MS)
  return (
    <Badge tone="warn" icon="clock">
      {days < 1 ? 'today' : `in ${days} ${days === 1 ? 'day' : 'days'}`}
    </Badge>
  )
}
