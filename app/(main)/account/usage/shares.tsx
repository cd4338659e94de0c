'use client'
import type { ReactNode } from 'react'
import type { ApiKey } from '@/app/parts/answers.ts'
import { type Page, useAnswer } from '@/app/parts/api.ts'
import { Method } from '@/app/parts/method.tsx'
import { Loaded } from '@/app/parts/states.tsx'
import { sums, type Usage, type UsageRow } from '@/app/parts/usage.ts'

/** What each API key of one's own was used for, and one's sessions together. */
export function ByKey({ path }: { path: string }): ReactNode {
  const [answer, again] = useAnswer<Usage>(path)
  const [keys] = useAnswer<Page<ApiKey>>('/api/keys')
  const nameOf = ({ key }: UsageRow): string => {
    if (key === undefined) return 'Signed in here'
    return keys.value?.data.find(({ id }) => id === key)?.name ?? `A key that ended (${key})`
  }
  return (
    <Shares title="By API key" head="API key" answer={answer} again={again} nameOf={nameOf}>
      {(name) => name}
    </Shares>
  )
}

/** What each operation was used for. */
export function ByOperation({ path }: { path: string }): ReactNode {
  const [answer, again] = useAnswer<Usage>(path)
  return (
    <Shares
      title="By operation"
      head="Operation"
      answer={answer}
      again={again}
      nameOf={({ operation = 'others' }) => operation}
    >
      {(name) => {
        const [method = '', path] = name.split(' ')
        return (
          <span className="endpoint">
            {path !== undefined && <Method method={method} />}
            {path ?? name}
          </span>
        )
      }}
    </Shares>
  )
}

const SHOWN = 10

/** The largest shares, as a table. */
function Shares({
  title,
  head,
  answer,
  again,
  nameOf,
  children,
}: {
  title: string
  head: string
  answer: ReturnType<typeof useAnswer<Usage>>[0]
  again: () => void
  nameOf: (row: UsageRow) => string
  children: (name: string) => ReactNode
}): ReactNode {
  return (
    <section className="panel" aria-label={title}>
      <div className="panel-row">
        <h2>{title}</h2>
      </div>
      <Loaded answer={answer} what={title} again={again}>
        {({ data }) => (
          <table className="table">
            <caption className="hidden-text">{title}</caption>
            <thead>
              <tr>
                <th scope="col">{head}</th>
                <th scope="col" className="num">
                  Requests
                </th>
              </tr>
            </thead>
            <tbody>
              {sums(data, nameOf)
                .slice(0, SHOWN)
                .map(({ name, requests }) => (
                  <tr key={name}>
                    <th scope="row">{children(name)}</th>
                    <td className="num">{requests.toLocaleString('en')}</td>
                  </tr>
                ))}
            </tbody>
          </table>
        )}
      </Loaded>
    </section>
  )
}
