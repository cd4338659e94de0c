import type { Metadata } from 'next'
import type { ReactNode } from 'react'
import { Empty } from '@/app/parts/states.tsx'
import { needAdmin } from '@/app/parts/viewer.ts'
import { offers, queryParameters } from '@/lib/http/pages/reference.ts'
import { ConsoleUsage } from './console-usage.tsx'

export const metadata: Metadata = { title: 'Usage' }

/** What the API calls the day that is asked for. */
function dayName(): string | undefined {
  const names = queryParameters('GET', '/api/usage/top').map(({ name }) => name)
  return names.find((name) => name === 'date' || name === 'day')
}

export default async function UsagePage(): Promise<ReactNode> {
  await needAdmin('/console/usage')
  return (
    <main id="main" tabIndex={-1} className="page page-wide">
      {offers('GET', '/api/usage/top') ? (
        <ConsoleUsage dayName={dayName()} />
      ) : (
        <>
          <header className="head">
            <div>
              <h1>Usage</h1>
              <p>Who uses what.</p>
            </div>
          </header>
          <section className="panel" aria-label="Usage">
            <Empty
              icon="chart"
              title="No history is kept"
              act={
                <a className="button" href="/console">
                  What is going on now
                </a>
              }
            >
              This API counts requests by operation, and does not keep who sent them.
            </Empty>
          </section>
        </>
      )}
    </main>
  )
}
