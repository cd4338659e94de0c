'use client'
import { type ReactNode, useId } from 'react'
import { scaleOf, short, type UsageRow } from './usage.ts'

const HEIGHT = 220
const DAY = new Intl.DateTimeFormat('en-GB', { day: 'numeric', month: 'short', timeZone: 'UTC' })

/** So that about eight words stand below the bars. */
const WORDS = 8

export function dayWord(time: string): string {
  return DAY.format(new Date(time))
}

/** A bar for each day: what was answered, and hatched on top what was denied. In percent, so that words keep their size. */
export function Bars({ rows, title }: { rows: readonly UsageRow[]; title: string }): ReactNode {
  const id = useId()
  const { top, step } = scaleOf(Math.max(1, ...rows.map(({ requests }) => requests)))
  const lines = [0, 1, 2, 3, 4, 5].map((count) => count * step)
  const width = 100 / Math.max(1, rows.length)
  const every = Math.ceil(rows.length / WORDS)
  const high = (count: number) => (count / top) * HEIGHT
  return (
    <div className="plot">
      <svg height={HEIGHT} role="img" aria-labelledby={`${id}-title`}>
        <title id={`${id}-title`}>{title}</title>
        {lines.map((count) => (
          <g key={count}>
            <line
              className={count === 0 ? 'base' : undefined}
              x1="0"
              x2="100%"
              y1={HEIGHT - high(count)}
              y2={HEIGHT - high(count)}
            />
            <text x="-8" y={HEIGHT - high(count) + 4} textAnchor="end">
              {short(count)}
            </text>
          </g>
        ))}
        {rows.map(({ time, requests, denied }, index) => (
          <g key={time}>
            <title>
              {`${dayWord(time)}: ${requests.toLocaleString('en')} requests${denied > 0 ? `, ${denied.toLocaleString('en')} of them denied` : ''}`}
            </title>
            <rect
              className="bar"
              x={`${(index + 0.16) * width}%`}
              width={`${0.68 * width}%`}
              y={HEIGHT - high(requests - denied)}
              height={high(requests - denied)}
            />
            {denied > 0 && (
              <rect
                className="denied"
                x={`${(index + 0.16) * width}%`}
                width={`${0.68 * width}%`}
                y={HEIGHT - high(requests)}
                height={Math.max(1, high(denied))}
              />
            )}
            {index % every === 0 && (
              <text
                className={index % (every * 2) === 0 ? undefined : 'minor'}
                x={`${(index + 0.5) * width}%`}
                y={HEIGHT + 20}
                textAnchor="middle"
              >
                {dayWord(time)}
              </text>
            )}
          </g>
        ))}
      </svg>
    </div>
  )
}
