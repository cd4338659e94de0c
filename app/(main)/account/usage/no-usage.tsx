'use client'
import { type ReactNode, useEffect, useState } from 'react'
import { call, type Fault, faultOf } from '@/app/parts/api.ts'
import { Empty, Failed } from '@/app/parts/states.tsx'
import type { Quota } from '@/lib/client.ts'
import { pageClient } from '@/lib/react.tsx'

/** Where the API does not tell usage: what is left of the quotas now, as its answers say. */
export function NoUsage(): ReactNode {
  const [quotas, setQuotas] = useState<readonly Quota[]>()
  const [fault, setFault] = useState<Fault>()
  const ask = () => {
    setFault(undefined)
    call('GET', '/api/profile')
      .then(() => setQuotas(pageClient().lastQuota))
      .catch((error) => setFault(faultOf(error)))
  }
  useEffect(ask, [])
  return (
    <>
      <header className="head">
        <div>
          <h1>Usage</h1>
          <p>Everything that came with your session or your API keys.</p>
        </div>
      </header>
      <section className="panel" aria-labelledby="now">
        <div className="panel-row">
          <h2 id="now">Your quotas now</h2>
        </div>
        {fault !== undefined && <Failed what="Your quotas" fault={fault} again={ask} />}
        {fault === undefined && (
          <dl className="figures" aria-busy={quotas === undefined}>
            {(quotas ?? [undefined]).map((quota) => (
              <div key={quota?.policy ?? ''}>
                <dt>{quota === undefined ? 'Requests' : (NAMES[quota.policy] ?? quota.policy)}</dt>
                <dd>
                  {quota === undefined ? '…' : quota.remaining.toLocaleString('en')}
                  <span className="hint">
                    {quota === undefined
                      ? 'left'
                      : `left for ${quota.resetSeconds.toLocaleString('en')} s`}
                  </span>
                </dd>
              </div>
            ))}
          </dl>
        )}
      </section>
      <section className="panel" aria-label="History">
        <Empty icon="chart" title="No history is kept">
          This API counts what you may ask for, and does not keep what you asked for. Each answer
          says in <code>RateLimit</code> what is left.
        </Empty>
      </section>
    </>
  )
}

const NAMES: Readonly<Record<string, string>> = {
  user: 'Requests, API keys included',
  month: 'Requests of this month',
  write: 'Changes',
}
