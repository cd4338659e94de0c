'use client'
import Link from 'next/link'
import { type FormEvent, type ReactNode, useEffect, useRef, useState } from 'react'
import { type ApiKey, levelName, type User } from '@/app/parts/answers.ts'
import { call, type Page, useAct, useAnswer } from '@/app/parts/api.ts'
import { CopyButton } from '@/app/parts/copy.tsx'
import { ActButton, Field, FormFault } from '@/app/parts/fields.tsx'
import { Icon } from '@/app/parts/icons.tsx'
import { Loaded, Skeleton } from '@/app/parts/states.tsx'
import { toast } from '@/app/parts/toasts.tsx'
import { dayOf } from '@/app/parts/when.tsx'
import { type UserDialog, UserDialogs } from './user-dialogs.tsx'
import { UserKeys } from './user-keys.tsx'
import { UserMonth } from './user-month.tsx'
import { type Can, UserState } from './users.tsx'

const LEVELS = [0, 5, 9] as const

interface InspectorProps {
  /** Its address or its id. */
  name: string
  can: Can
  plans: readonly string[]
  onClose: () => void
  /** @param user Undefined: it was deleted. */
  onChanged: (user: User | undefined, before: string) => void
}

/** One account whole: what it is, what may be changed, what ends it. */
export function UserInspector({ name, can, plans, onClose, onChanged }: InspectorProps): ReactNode {
  const path = `/api/users/${encodeURIComponent(name)}`
  const [answer, again, change] = useAnswer<User>(path)
  const panel = useRef<HTMLElement>(null)
  useEffect(() => {
    // A page that begins with it stays where it is.
    if (document.activeElement !== document.body) panel.current?.focus()
  }, [])
  return (
    <aside className="panel inspector" aria-label={`Account ${name}`} tabIndex={-1} ref={panel}>
      <div className="panel-row">
        <h2 className="grow">{answer.value?.user ?? name}</h2>
        <button className="icon-button" type="button" aria-label="Close" onClick={onClose}>
          <Icon name="close" />
        </button>
      </div>
      <Loaded
        answer={answer}
        what="The account"
        again={again}
        waiting={<Skeleton rows={6} columns={2} />}
      >
        {(user) => (
          <Inspected
            user={user}
            path={path}
            can={can}
            plans={plans}
            onUser={(next) => {
              if (next !== undefined) change(() => next)
              onChanged(next, user.user)
            }}
          />
        )}
      </Loaded>
    </aside>
  )
}

function Inspected({
  user,
  path,
  can,
  plans,
  onUser,
}: Pick<InspectorProps, 'can' | 'plans'> & {
  user: User
  path: string
  onUser: (user: User | undefined) => void
}): ReactNode {
  const [dialog, setDialog] = useState<UserDialog>()
  const [keys, keysAgain] = useAnswer<Page<ApiKey>>(`${path}/keys`)
  const { busy, fault, run } = useAct()
  const patch = (body: object, said: string) =>
    run(async () => {
      onUser(await call<User>('PATCH', path, body))
      toast(said)
    })
  const unlock = () =>
    run(async () => {
      await call('POST', `${path}/unlock`)
      toast('Failed sign-ins cleared')
    })
  return (
    <>
      <div className="panel-body">
        <dl className="facts">
          <dt>State</dt>
          <dd>
            <UserState user={user} />
          </dd>
          <dt>Id</dt>
          <dd className="row fact-id">
            {user.id === null ? (
              'none before the first sign-in'
            ) : (
              <>
                <span className="mono">{user.id}</span>
                <CopyButton text={() => user.id ?? ''} name="the id" />
              </>
            )}
          </dd>
          {user.name !== undefined && (
            <>
              <dt>Name</dt>
              <dd>{user.name}</dd>
            </>
          )}
          <dt>Created</dt>
          <dd>{user.createdAt === null ? 'not known' : dayOf(user.createdAt)}</dd>
          <dt>Confirmed</dt>
          <dd>{user.emailVerified ? 'yes' : 'no'}</dd>
        </dl>
        {can.usage && <UserMonth key={user.plan} path={path} name={user.user} />}
        <RightsForm user={user} can={can} plans={plans} busy={busy} onPatch={patch} />
        <FormFault fault={fault} />
      </div>
      <UserKeys path={path} answer={keys} again={keysAgain} />
      <div className="panel-foot">
        <Link
          className="button button-quiet"
          href={`/console/events?user=${encodeURIComponent(user.id ?? user.user)}`}
          prefetch={false}
        >
          Events
        </Link>
        <button className="button button-quiet" type="button" onClick={unlock}>
          Unlock
        </button>
        {can.totp && (
          <button className="button" type="button" onClick={() => setDialog('totp')}>
            Codes off…
          </button>
        )}
        {user.disabled ? (
          <button
            className="button"
            type="button"
            onClick={() => patch({ disabled: false }, `${user.user} enabled`)}
          >
            Enable
          </button>
        ) : (
          <button className="button" type="button" onClick={() => setDialog('disable')}>
            Disable…
          </button>
        )}
        <button
          className="button button-danger"
          data-tone="danger"
          type="button"
          onClick={() => setDialog('delete')}
        >
          Delete…
        </button>
      </div>
      <UserDialogs
        open={dialog}
        user={user}
        path={path}
        keyCount={keys.value?.data.length}
        onClose={() => setDialog(undefined)}
        onUser={(next) => {
          setDialog(undefined)
          // Disabling ends them.
          if (next?.disabled === true) keysAgain()
          onUser(next)
        }}
      />
    </>
  )
}

/** Level and plan; saved when something is another. */
function RightsForm({
  user,
  can,
  plans,
  busy,
  onPatch,
}: {
  user: User
  can: Can
  plans: readonly string[]
  busy: boolean
  onPatch: (body: object, said: string) => void
}): ReactNode {
  const [level, setLevel] = useState(user.level)
  const [plan, setPlan] = useState(user.plan ?? '')
  const changes = {
    ...(level === user.level ? {} : { level }),
    ...(can.plan && plan !== (user.plan ?? '') ? { plan } : {}),
  }
  const submit = (event: FormEvent) => {
    event.preventDefault()
    if (Object.keys(changes).length > 0) onPatch(changes, `${user.user} changed`)
  }
  const levels = [...new Set<number>([...LEVELS, user.level])].sort((a, b) => a - b)
  return (
    <form className="fields" onSubmit={submit}>
      <Field label="Level">
        {(ties) => (
          <select
            className="input"
            {...ties}
            value={level}
            onChange={({ target }) => setLevel(Number(target.value))}
          >
            {levels.map((each) => (
              <option key={each} value={each}>
                {levelName(each)} ({each})
              </option>
            ))}
          </select>
        )}
      </Field>
      {can.plan && (
        <Field label="Plan">
          {(ties) => (
            <select
              className="input"
              {...ties}
              value={plan}
              onChange={({ target }) => setPlan(target.value)}
            >
              {[...new Set([...plans, plan])].map((each) => (
                <option key={each}>{each}</option>
              ))}
            </select>
          )}
        </Field>
      )}
      <ActButton
        type="submit"
        tone="primary"
        busy={busy}
        disabled={Object.keys(changes).length === 0}
      >
        Save changes
      </ActButton>
    </form>
  )
}
