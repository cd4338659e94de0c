'use client'
import { type ReactNode, useState } from 'react'
import type { OwnSession } from '@/app/parts/answers.ts'
import { call, faultOf, type Page, useAct, useAnswer } from '@/app/parts/api.ts'
import { deviceOf } from '@/app/parts/device.ts'
import { Dialog } from '@/app/parts/dialog.tsx'
import { ActButton, EndButton } from '@/app/parts/fields.tsx'
import { counted } from '@/app/parts/paged.tsx'
import { Badge, Loaded, Skeleton } from '@/app/parts/states.tsx'
import { toast } from '@/app/parts/toasts.tsx'
import { When } from '@/app/parts/when.tsx'
import { signOut } from '@/lib/react.tsx'

/** Where this account is signed in, and the end of that. */
export function Sessions(): ReactNode {
  const [answer, again, change] = useAnswer<Page<OwnSession>>('/api/auth/sessions')
  const [asksAll, setAsksAll] = useState(false)
  const [ending, setEnding] = useState<string>()
  const others = (answer.value?.data ?? []).filter(({ current }) => !current)

  const drop = (id: string) =>
    change((page) => ({ ...page, data: page.data.filter((session) => session.id !== id) }))
  const end = async (sessions: readonly OwnSession[], which: string, said: string) => {
    if (ending !== undefined) return
    setEnding(which)
    try {
      // One after the other: those that ended are gone, also if a later one fails.
      for (const { id } of sessions) {
        await call('DELETE', `/api/auth/sessions/${id}`)
        drop(id)
      }
      toast(said)
    } catch (error) {
      toast(`Not ended: ${faultOf(error).title}`, 'danger')
      again()
    }
    setEnding(undefined)
  }

  return (
    <>
      <header className="head">
        <div>
          <h1>Sessions</h1>
          <p>Where you are signed in. End what you do not know, then change your password.</p>
        </div>
        <span className="row">
          <ActButton
            busy={ending === 'others'}
            disabled={others.length === 0}
            onClick={() => end(others, 'others', 'Signed out everywhere else')}
          >
            Sign out everywhere else
          </ActButton>
          <button
            className="button button-danger"
            data-tone="danger"
            type="button"
            onClick={() => setAsksAll(true)}
          >
            Sign out everywhere…
          </button>
        </span>
      </header>
      <section className="panel" aria-label="Your sessions">
        <Loaded
          answer={answer}
          what="Your sessions"
          again={again}
          waiting={<Skeleton rows={4} columns={5} />}
        >
          {({ data }) => (
            <SessionTable
              sessions={data}
              ending={ending}
              onEnd={(session) =>
                end([session], session.id, `“${deviceOf(session.userAgent)}” signed out`)
              }
            />
          )}
        </Loaded>
      </section>
      {asksAll && <EndAll count={others.length + 1} onClose={() => setAsksAll(false)} />}
    </>
  )
}

function SessionTable({
  sessions,
  ending,
  onEnd,
}: {
  sessions: readonly OwnSession[]
  ending: string | undefined
  onEnd: (session: OwnSession) => void
}): ReactNode {
  return (
    <table className="table table-stack">
      <caption className="hidden-text">Your sessions, newest first</caption>
      <thead>
        <tr>
          <th scope="col">Device</th>
          <th scope="col">Address</th>
          <th scope="col">Signed in</th>
          <th scope="col">Last seen</th>
          <th scope="col">
            <span className="hidden-text">Actions</span>
          </th>
        </tr>
      </thead>
      <tbody>
        {sessions.map((session) => {
          const { id, createdAt, lastSeenAt, userAgent, ip, current } = session
          const device = deviceOf(userAgent)
          return (
            <tr key={id}>
              <th scope="row" title={userAgent}>
                {device}
              </th>
              <td data-label="Address">
                <span className="mono">{ip}</span>
              </td>
              <td data-label="Signed in">
                <When at={createdAt} />
              </td>
              <td data-label="Last seen">{current ? 'now' : <When at={lastSeenAt} ago />}</td>
              <td className="actions">
                {current ? (
                  <Badge tone="ok" icon="okay">
                    This one
                  </Badge>
                ) : (
                  <EndButton
                    word="End"
                    of={`the session ${device}`}
                    busy={ending === id}
                    onClick={() => onEnd(session)}
                  />
                )}
              </td>
            </tr>
          )
        })}
      </tbody>
    </table>
  )
}

function EndAll({ count, onClose }: { count: number; onClose: () => void }): ReactNode {
  const { busy, fault, run } = useAct()
  const act = async () => {
    await run(async () => {
      await call('DELETE', '/api/auth/sessions')
      await signOut({ returnTo: '/signin' }).catch(() => location.assign('/signin'))
    })
  }
  return (
    <Dialog
      title="Sign out everywhere?"
      act="Sign out everywhere"
      out="Stay signed in"
      danger
      busy={busy}
      fault={fault}
      onAct={act}
      onClose={onClose}
    >
      <p>Every device has to sign in again, this one too.</p>
      <ul className="goes" data-tone="danger">
        <li>{counted(count, 'session')}</li>
      </ul>
      <p className="muted">API keys go on.</p>
    </Dialog>
  )
}
