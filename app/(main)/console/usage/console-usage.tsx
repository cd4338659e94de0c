'use client'
import { type ReactNode, useId } from 'react'
import { useQuery } from '@/app/parts/query.ts'
import { lastDays } from '@/app/parts/usage.ts'
import { Heaviest } from '../heaviest.tsx'

/** The heaviest users of a day. */
export function ConsoleUsage({ dayName }: { dayName: string | undefined }): ReactNode {
  const id = useId()
  const [query, setQuery] = useQuery()
  const [today = ''] = lastDays(1)
  const day = query.get('day') ?? today
  return (
    <>
      <header className="head">
        <div>
          <h1>Usage</h1>
          <p>Who used most on a day. Times are UTC.</p>
        </div>
        {dayName !== undefined && (
          <span className="row">
            <label htmlFor={id}>Day</label>
            <input
              className="input"
              id={id}
              type="date"
              max={today}
              value={day}
              onChange={({ target }) => setQuery({ day: target.value || undefined })}
            />
          </span>
        )}
      </header>
      <Heaviest key={day} query={day === today ? '' : `?${dayName}=${day}`} />
    </>
  )
}
