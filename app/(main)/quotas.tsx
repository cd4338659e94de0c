import type { ReactNode } from 'react'
import { place, planTable } from '@/app/parts/viewer.ts'
import { titleOf } from '@/lib/http/pages/collections-shown.ts'
import type { Plans } from '@/lib/rate-limit/plans.ts'
import { POLICIES } from '@/lib/rate-limit/policies.ts'

interface Row {
  name: string
  minute: { limit: number; windowSeconds: number } | undefined
  month: number | undefined
  keys: string
}

/** How much anybody may ask, as this deployment has it. */
export function Quotas(): ReactNode {
  const { limits } = place()
  const of = (name: 'anonymous' | 'write') => limits[name] ?? POLICIES[name]
  const rows = [
    { name: 'Without an account', minute: of('anonymous'), month: undefined, keys: 'none' },
    ...planRows(planTable()),
  ]
  return (
    <section className="section" aria-labelledby="quotas">
      <div className="head">
        <div>
          <h2 id="quotas">Plans and quotas</h2>
          <p>
            Each answer says in <code>RateLimit</code> what is left. Beyond a quota it is 429 with{' '}
            <code>Retry-After</code>. Of the requests, {often(of('write'))} may create, change or
            delete.
          </p>
        </div>
      </div>
      <div className="panel">
        <table className="table table-stack">
          <caption className="hidden-text">Plans and their quotas</caption>
          <thead>
            <tr>
              <th scope="col">Plan</th>
              <th scope="col" className="num">
                Requests a minute
              </th>
              <th scope="col" className="num">
                Requests a month
              </th>
              <th scope="col" className="num">
                API keys
              </th>
            </tr>
          </thead>
          <tbody>
            {rows.map(({ name, minute, month, keys }) => (
              <tr key={name}>
                <th scope="row">{name}</th>
                <td className="num" data-label="Requests a minute">
                  {minute?.windowSeconds === MINUTE_SECONDS ? figure(minute.limit) : often(minute)}
                </td>
                <td className="num" data-label="Requests a month">
                  {figure(month)}
                </td>
                <td className="num" data-label="API keys">
                  {keys}
                </td>
              </tr>
            ))}
          </tbody>
        </table>
      </div>
    </section>
  )
}

/** Those that limit something. */
function planRows(plans: Plans): Row[] {
  return plans.names
    .map((name) => plans.of(name))
    .filter(({ minute, month }) => minute !== undefined || month !== undefined)
    .map(({ name, minute, month, keys }) => {
      return { name: titleOf(name), minute, month, keys: figure(keys) }
    })
}

const MINUTE_SECONDS = 60

const SPANS: Readonly<Record<number, string>> = {
  60: 'a minute',
  3600: 'an hour',
  86400: 'a day',
}

/** `60 a minute` */
function often(quota: Row['minute']): string {
  if (quota === undefined) return NO_LIMIT
  const { limit, windowSeconds } = quota
  return `${figure(limit)} ${SPANS[windowSeconds] ?? `in ${windowSeconds} s`}`
}

const NO_LIMIT = 'no limit'

function figure(count: number | undefined): string {
  return count?.toLocaleString('en') ?? NO_LIMIT
}
