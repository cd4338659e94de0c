'use client'
import type { ReactNode } from 'react'
import type { SecurityEvent } from '@/app/parts/answers.ts'
import { Icon } from '@/app/parts/icons.tsx'
import { useNames } from '@/app/parts/names.ts'
import { When } from '@/app/parts/when.tsx'
import { EventWords, toneOf } from './event-words.tsx'

/** Events as sentences, newest first. */
export function EventList({ events }: { events: readonly SecurityEvent[] }): ReactNode {
  const names = useNames(events.flatMap(({ user, by }) => [user ?? [], by ?? []].flat()))
  return (
    <ul className="events">
      {events.map((event) => {
        const { tone, icon } = toneOf(event.type)
        return (
          <li key={event.id} className="panel-row">
            <span className="event-icon" data-tone={tone}>
              <Icon name={icon} />
            </span>
            <span className="grow">
              <EventWords event={event} names={names} />
              <span className="hint event-facts">
                <code>{event.type}</code>
                {event.ip !== undefined && <span>from {event.ip}</span>}
                {event.requestId !== undefined && (
                  <span className="wide-only">request {event.requestId}</span>
                )}
              </span>
            </span>
            <span className="hint">
              <When at={event.at} ago />
            </span>
          </li>
        )
      })}
    </ul>
  )
}
