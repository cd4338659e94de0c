'use client'
import type { ReactNode } from 'react'
import { Method } from '@/app/parts/method.tsx'
import type { OperationCounts } from '@/app/parts/metrics.ts'
import { Empty } from '@/app/parts/states.tsx'

const SHOWN = 12

/** The operations that are asked for most, since counting began. */
export function Operations({
  operations,
}: {
  operations: ReadonlyMap<string, OperationCounts>
}): ReactNode {
  const most = [...operations].sort(([, a], [, b]) => b.requests - a.requests).slice(0, SHOWN)
  return (
    <section className="panel" aria-labelledby="operations">
      <div className="panel-row">
        <h2 id="operations">Operations, since counting began</h2>
      </div>
      {most.length === 0 ? (
        <Empty icon="chart" title="Nothing was counted yet">
          Each operation stands here once it was called.
        </Empty>
      ) : (
        <table className="table table-stack">
          <caption className="hidden-text">The operations that are asked for most</caption>
          <thead>
            <tr>
              <th scope="col">Operation</th>
              <th scope="col" className="num">
                Requests
              </th>
              <th scope="col" className="num">
                Refused (4xx)
              </th>
              <th scope="col" className="num">
                Failed (5xx)
              </th>
              <th scope="col" className="num">
                95 of 100 within
              </th>
            </tr>
          </thead>
          <tbody>
            {most.map(([name, { requests, refused, failures, p95 }]) => (
              <tr key={name}>
                <th scope="row">
                  <span className="endpoint">
                    <Method method={name.split(' ')[0] ?? ''} />
                    {name.split(' ')[1] ?? name}
                  </span>
                </th>
                <td className="num" data-label="Requests">
                  {requests.toLocaleString('en')}
                </td>
                <td className="num" data-label="Refused (4xx)">
                  {refused.toLocaleString('en')}
                </td>
                <td className="num" data-label="Failed (5xx)">
                  {failures.toLocaleString('en')}
                </td>
                <td className="num" data-label="95 of 100 within">
                  {p95 ?? '…'}
                </td>
              </tr>
            ))}
          </tbody>
        </table>
      )}
    </section>
  )
}
