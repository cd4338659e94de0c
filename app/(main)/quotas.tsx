import type { ReactNode } from 'react'
import { place } from '@/app/parts/viewer.ts'
import { POLICIES } from '@/lib/rate-limit/policies.ts'

const SHOWN = [
  ['anonymous', 'Without an account', 'requests of an address'],
  ['user', 'With an account', 'requests, its API keys included'],
  ['write', 'Of these, changes', 'requests that create, change or delete'],
] as const

/** How much anybody may ask, as this deployment has it. */
export function Quotas(): ReactNode {
  const { limits } = place()
  return (
    <section className="section" aria-labelledby="quotas">
      <div className="head">
        <div>
          <h2 id="quotas">Quotas</h2>
          <p>
            Each answer says in <code>RateLimit</code> what is left. Beyond a quota it is 429 with{' '}
            <code>Retry-After</code>.
          </p>
        </div>
      </div>
      <div className="panel">
        <table className="table table-stack">
          <caption className="hidden-text">Quotas</caption>
          <thead>
            <tr>
              <th scope="col">Who</th>
              <th scope="col">What is counted</th>
              <th scope="col" className="num">
                How many
              </th>
              <th scope="col" className="num">
                In
              </th>
            </tr>
          </thead>
          <tbody>
            {SHOWN.map(([policy, who, what]) => {
              const { limit, windowSeconds } = limits[policy] ?? POLICIES[policy]
              return (
                <tr key={policy}>
                  <th scope="row">{who}</th>
                  <td data-label="What is counted">{what}</td>
                  <td className="num" data-label="How many">
                    {limit.toLocaleString('en')}
                  </td>
                  <td className="num" data-label="In">
                    {spanOf(windowSeconds)}
                  </td>
                </tr>
              )
            })}
          </tbody>
        </table>
      </div>
    </section>
  )
}

const SPANS: Readonly<Record<number, string>> = {
  60: 'a minute',
  3600: 'an hour',
  86400: 'a day',
}

function spanOf(seconds: number): string {
  return SPANS[seconds] ?? `${seconds} s`
}
