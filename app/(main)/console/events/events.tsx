'use client'
import { type FormEvent, type ReactNode, useId } from 'react'
import type { SecurityEvent } from '@/app/parts/answers.ts'
import { SearchField } from '@/app/parts/fields.tsx'
import { Icon } from '@/app/parts/icons.tsx'
import { counted, PageFoot, usePaged } from '@/app/parts/paged.tsx'
import { useQuery } from '@/app/parts/query.ts'
import { Empty, Loaded, Skeleton } from '@/app/parts/states.tsx'
import { EventList } from '../event-list.tsx'

/** The trail of what happened: of one kind, of one user, page by page. */
export function Events({ types }: { types: readonly string[] }): ReactNode {
  const [query, setQuery] = useQuery()
  const [type, user] = [query.get('type') ?? '', query.get('user') ?? '']
  const asked = new URLSearchParams({
    limit: '50',
    ...(type === '' ? {} : { type }),
    ...(user === '' ? {} : { user }),
  })
  const paged = usePaged<SecurityEvent>(`/api/events?${asked}`)
  const id = useId()
  const find = (event: FormEvent<HTMLFormElement>) => {
    event.preventDefault()
    const text = String(new FormData(event.currentTarget).get('user')).trim()
    setQuery({ user: text === '' ? undefined : text })
  }
  return (
    <>
      <header className="head">
        <div>
          <h1>Events</h1>
          <p>Who signed in, what was changed, and what was refused; newest first.</p>
        </div>
        <button className="button" type="button" onClick={paged.again}>
          <Icon name="refresh" />
          Look again
        </button>
      </header>
      <section className="section" aria-label="Events">
        <form className="row" onSubmit={find}>
          <SearchField
            label="Address or id of an account"
            name="user"
            key={user}
            defaultValue={user}
          />
          <label className="hidden-text" htmlFor={id}>
            Kind
          </label>
          <select
            className="input"
            id={id}
            value={type}
            onChange={(event) => setQuery({ type: event.target.value || undefined })}
          >
            <option value="">Every kind</option>
            {types.map((each) => (
              <option key={each}>{each}</option>
            ))}
          </select>
          <button className="button" type="submit">
            Find
          </button>
        </form>
        <div className="panel">
          <Loaded
            answer={paged.answer}
            what="The events"
            again={paged.again}
            waiting={<Skeleton rows={10} columns={3} />}
          >
            {({ data }) =>
              data.length === 0 ? (
                <Empty
                  icon="list"
                  title={type + user === '' ? 'No events yet' : 'No event matches'}
                  act={
                    type + user === '' ? undefined : (
                      <button
                        className="button"
                        type="button"
                        onClick={() => setQuery({ type: undefined, user: undefined })}
                      >
                        Clear filters
                      </button>
                    )
                  }
                >
                  {type + user === ''
                    ? 'Sign-ins, changes of accounts and keys, and what was refused are told here.'
                    : `Nothing has ${[type, user].filter((each) => each !== '').join(' and ')} on this page.`}
                </Empty>
              ) : (
                <EventList events={data} />
              )
            }
          </Loaded>
          <PageFoot paged={paged} words={({ data }) => counted(data.length, 'event')} />
        </div>
      </section>
    </>
  )
}
