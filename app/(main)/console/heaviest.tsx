'use client'
import Link from 'next/link'
import type { ReactNode } from 'react'
import { useAnswer } from '@/app/parts/api.ts'
import { Empty, Loaded, Skeleton } from '@/app/parts/states.tsx'

export interface Top {
  data: {
    user: { id: string; user: string; plan?: string }
    requests: number
    denied: number
    errors: number
  }[]
}

/** Who used most today, or on another day. */
export function Heaviest({ query = '' }: { query?: string }): ReactNode {
  const [answer, again] = useAnswer<Top>(`/api/usage/top${query}`)
  return (
    <section className="panel" aria-labelledby="heaviest">
      <div className="panel-row">
        <h2 id="heaviest">Heaviest users</h2>
      </div>
      <Loaded
        answer={answer}
        what="The heaviest users"
        again={again}
        waiting={<Skeleton rows={5} columns={4} />}
      >
        {({ data }) =>
          data.length === 0 ? (
            <Empty icon="users" title="Nobody yet">
              No account has asked for anything on this day.
            </Empty>
          ) : (
            <table className="table table-stack">
              <caption className="hidden-text">The heaviest users of a day</caption>
              <thead>
                <tr>
                  <th scope="col">Address</th>
                  <th scope="col">Plan</th>
                  <th scope="col" className="num">
                    Requests
                  </th>
                  <th scope="col" className="num">
                    Denied
                  </th>
                  <th scope="col" className="num">
                    Errors
                  </th>
                </tr>
              </thead>
              <tbody>
                {data.map(({ user: { id, user, plan = '' }, requests, denied, errors }) => (
                  <tr key={id}>
                    <th scope="row">
                      <Link
                        className="row-link"
                        href={`/console/users?user=${encodeURIComponent(id)}`}
                        prefetch={false}
                      >
                        {user}
                      </Link>
                    </th>
                    <td data-label="Plan">{plan}</td>
                    <td className="num" data-label="Requests">
                      {requests.toLocaleString('en')}
                    </td>
                    <td className="num" data-label="Denied">
                      {denied.toLocaleString('en')}
                    </td>
                    <td className="num" data-label="Errors">
                      {errors.toLocaleString('en')}
                    </td>
                  </tr>
                ))}
              </tbody>
            </table>
          )
        }
      </Loaded>
    </section>
  )
}
