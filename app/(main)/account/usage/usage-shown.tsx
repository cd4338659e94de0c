'use client'
import { type ReactNode, useState } from 'react'
import { useAnswer } from '@/app/parts/api.ts'
import { Bars, dayWord } from '@/app/parts/bars.tsx'
import { Icon } from '@/app/parts/icons.tsx'
import { Meter } from '@/app/parts/meter.tsx'
import { Empty, Loaded, Skeleton } from '@/app/parts/states.tsx'
import { byDay, lastDays, monthOf, outlook, type Usage, type UsageRow } from '@/app/parts/usage.ts'
import { ByKey, ByOperation } from './shares.tsx'

const PERIODS = [8, 30, 92] as const

/**
 * What was used: the month, the days, and by whom and for what.
 *
 * @param path Of the own usage, or of an account's for admins.
 * @param own Whether API keys can be named: they are the reader's.
 */
export function UsageShown({ path, own = false }: { path: string; own?: boolean }): ReactNode {
  const [count, setCount] = useState<number>(30)
  const days = lastDays(count)
  const query = `from=${days[0]}&to=${days.at(-1)}&by=day`
  const [answer, again, , of] = useAnswer<Usage>(`${path}?${query}`)
  // Until others have come, these are the days of those that are shown.
  const shown = PERIODS.map((period) => lastDays(period)).find(([first]) =>
    of?.includes(`from=${first}&`),
  )
  return (
    <>
      <header className="head">
        <div>
          <h1>Usage</h1>
          <p>
            {own
              ? 'Everything that came with your session or your API keys. Times are UTC.'
              : 'Everything that came with the account’s sessions or API keys. Times are UTC.'}
          </p>
        </div>
        <fieldset>
          <legend className="hidden-text">Period</legend>
          <div className="segmented">
            {PERIODS.map((period) => (
              <label key={period}>
                <input
                  type="radio"
                  name="period"
                  checked={period === count}
                  onChange={() => setCount(period)}
                />
                {period} days
              </label>
            ))}
          </div>
        </fieldset>
      </header>
      <Loaded
        answer={answer}
        what="Usage"
        again={again}
        waiting={
          <div className="panel usage-waiting">
            <Skeleton rows={8} columns={4} />
          </div>
        }
      >
        {(usage) => (
          <>
            <Month month={usage.month} />
            <Days usage={usage} days={shown ?? days} />
          </>
        )}
      </Loaded>
      {/* They are asked for with the rest, and stand below it: shown before it, it would push them. */}
      <div className="grid" hidden={answer.state !== 'ready'}>
        {own && <ByKey path={`${path}?${query}&split=key`} />}
        <ByOperation path={`${path}?${query}&split=operation`} />
      </div>
    </>
  )
}

function Month({ month: { used, limit } }: { month: Usage['month'] }): ReactNode {
  const now = new Date()
  const name = now.toLocaleString('en', { month: 'long', timeZone: 'UTC' })
  const { first, next } = monthOf(now)
  if (limit === undefined || limit === null) {
    return (
      <section className="panel" aria-labelledby="month">
        <div className="panel-body">
          <h2 id="month">{name}</h2>
          <p>
            <strong>{used.toLocaleString('en')}</strong> used; a month has no end of them.
          </p>
        </div>
      </section>
    )
  }
  return (
    <section className="panel" aria-labelledby="month">
      <div className="panel-body">
        <h2 id="month">{name}</h2>
        <div className="fields">
          <Meter label="Requests of this month" used={used} limit={limit} />
          <p className="row between">
            <span>
              <strong>{used.toLocaleString('en')}</strong> of {limit.toLocaleString('en')} used (
              {Math.round((used / limit) * 100)} %)
            </span>
            <span className="muted">
              <strong>{Math.max(0, limit - used).toLocaleString('en')}</strong> left until{' '}
              {dayWord(new Date(next).toISOString())}, 00:00
            </span>
          </p>
          <p className="muted">{outlook(used, limit, (now.getTime() - first) / (next - first))}</p>
        </div>
      </div>
    </section>
  )
}

function Days({ usage, days }: { usage: Usage; days: readonly string[] }): ReactNode {
  const rows = byDay(usage.data, days)
  const { requests, denied, errors } = usage.total
  const share = (count: number) =>
    requests === 0 ? '0 % of all' : `${((count / requests) * 100).toFixed(1)} % of all`
  const most = rows.reduce((best, row) => (row.requests > best.requests ? row : best))
  return (
    <section className="panel" aria-labelledby="by-day">
      <dl className="figures">
        <Figure word="Requests" count={requests} hint={`last ${days.length} days`} />
        <Figure word="Denied (429)" count={denied} hint={share(denied)} />
        <Figure word="Errors (other 4xx, 5xx)" count={errors} hint={share(errors)} />
      </dl>
      <hr />
      <div className="panel-body">
        <div className="head">
          <h2 id="by-day">Requests a day</h2>
          <p className="row hint">
            <Legend className="bar">Answered</Legend>
            <Legend className="denied">Denied</Legend>
          </p>
        </div>
        {requests === 0 ? (
          <Empty icon="chart" title="Nothing yet">
            No request came in these days.
          </Empty>
        ) : (
          <>
            <Bars rows={rows} title={`Requests a day, ${days.length} days to today`} />
            <p>
              {requests.toLocaleString('en')} requests in {days.length} days,{' '}
              {Math.round(requests / days.length).toLocaleString('en')} a day on average. Most came
              on {dayWord(most.time)}: {most.requests.toLocaleString('en')}
              {most.denied > 0 && `, ${most.denied.toLocaleString('en')} of them denied`}.
            </p>
            <details>
              <summary>
                <Icon name="right" size={16} />
                The same as a table
              </summary>
              <DayTable rows={rows} />
            </details>
          </>
        )}
      </div>
    </section>
  )
}

function Legend({ className, children }: { className: string; children: ReactNode }): ReactNode {
  return (
    <span className="row">
      <svg width="12" height="12" aria-hidden="true">
        <rect className={className} x="0.5" y="0.5" width="11" height="11" />
      </svg>
      {children}
    </span>
  )
}

function Figure({ word, count, hint }: { word: string; count: number; hint: string }): ReactNode {
  return (
    <div>
      <dt>{word}</dt>
      <dd>
        {count.toLocaleString('en')}
        <span className="hint">{hint}</span>
      </dd>
    </div>
  )
}

function DayTable({ rows }: { rows: readonly UsageRow[] }): ReactNode {
  return (
    <table className="table">
      <caption className="hidden-text">Requests a day</caption>
      <thead>
        <tr>
          {['Day', 'Requests', 'Denied', 'Errors'].map((word, index) => (
            <th key={word} scope="col" className={index === 0 ? undefined : 'num'}>
              {word}
            </th>
          ))}
        </tr>
      </thead>
      <tbody>
        {[...rows].reverse().map(({ time, requests, denied, errors }) => (
          <tr key={time}>
            <th scope="row">{dayWord(time)}</th>
            {[requests, denied, errors].map((count, index) => (
              // biome-ignore lint/suspicious/noArrayIndexKey: three columns, always the same
              <td key={index} className="num">
                {count.toLocaleString('en')}
              </td>
            ))}
          </tr>
        ))}
      </tbody>
    </table>
  )
}
