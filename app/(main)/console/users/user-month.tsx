'use client'
import type { ReactNode } from 'react'
import { useAnswer } from '@/app/parts/api.ts'
import { Meter } from '@/app/parts/meter.tsx'
import type { Usage } from '@/app/parts/usage.ts'

/** What an account has used of its month. */
export function UserMonth({ path, name }: { path: string; name: string }): ReactNode {
  const [answer] = useAnswer<Usage>(`${path}/usage`)
  const { used, limit } = answer.value?.month ?? {}
  return (
    <div className="field user-month">
      <span className="label">This month</span>
      {used !== undefined && limit ? (
        <>
          <Meter label={`Requests of this month by ${name}`} used={used} limit={limit} />
          <span className="row between hint">
            <span>
              {used.toLocaleString('en')} of {limit.toLocaleString('en')}
            </span>
            <span>{Math.max(0, limit - used).toLocaleString('en')} left</span>
          </span>
        </>
      ) : (
        <span className="hint">
          {answer.state === 'failed' && answer.fault.title}
          {answer.state === 'loading' && '…'}
          {used !== undefined && `${used.toLocaleString('en')} requests; there is no limit`}
        </span>
      )}
    </div>
  )
}
