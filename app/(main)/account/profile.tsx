'use client'
import type { FormEvent, ReactNode } from 'react'
import { levelName, type Profile } from '@/app/parts/answers.ts'
import { call, useAct, useAnswer } from '@/app/parts/api.ts'
import { CopyButton } from '@/app/parts/copy.tsx'
import { ActButton, FormFault, TextField } from '@/app/parts/fields.tsx'
import { Badge, Loaded, Skeleton } from '@/app/parts/states.tsx'
import { toast } from '@/app/parts/toasts.tsx'
import { dayOf } from '@/app/parts/when.tsx'

/**
 * What is kept of the own account, and the name, which is its owner's to change.
 *
 * @param children What stands below. It is shown with the profile, which would push it.
 */
export function ProfilePanel({ children }: { children: ReactNode }): ReactNode {
  const [answer, again, change] = useAnswer<Profile>('/api/profile')
  return (
    <>
      <section className="panel" aria-label="Profile">
        <Loaded
          answer={answer}
          what="Your profile"
          again={again}
          waiting={<Skeleton rows={6} columns={2} />}
        >
          {(profile) => (
            <>
              <div className="panel-body">
                <Facts profile={profile} />
              </div>
              <hr />
              <NameForm profile={profile} onProfile={(next) => change(() => next)} />
            </>
          )}
        </Loaded>
      </section>
      {answer.state !== 'loading' && children}
    </>
  )
}

function Facts({ profile }: { profile: Profile }): ReactNode {
  const { id, user, level, plan, emailVerified, createdAt } = profile
  return (
    <dl className="facts">
      <dt>Address</dt>
      <dd className="row">
        {user}
        <Badge tone={emailVerified ? 'ok' : 'warn'} icon={emailVerified ? 'okay' : 'clock'}>
          {emailVerified ? 'Confirmed' : 'Not confirmed'}
        </Badge>
      </dd>
      <dt>Level</dt>
      <dd>
        {levelName(level)} <span className="muted">({level})</span>
      </dd>
      {plan !== undefined && (
        <>
          <dt>Plan</dt>
          <dd>{plan}</dd>
        </>
      )}
      <dt>Id</dt>
      <dd className="row fact-id">
        <span className="mono">{id}</span>
        <CopyButton text={() => id} name="your id" />
      </dd>
      <dt>Since</dt>
      <dd>{createdAt === null ? 'not known' : dayOf(createdAt)}</dd>
    </dl>
  )
}

function NameForm({
  profile,
  onProfile,
}: {
  profile: Profile
  onProfile: (profile: Profile) => void
}): ReactNode {
  const { busy, fault, run } = useAct()
  const submit = async (event: FormEvent<HTMLFormElement>) => {
    event.preventDefault()
    const name = String(new FormData(event.currentTarget).get('name')).trim()
    const saved = await run(async () =>
      onProfile(await call<Profile>('PATCH', '/api/profile', { name })),
    )
    if (saved) toast('Name saved')
  }
  return (
    <form onSubmit={submit}>
      <div className="panel-body">
        <TextField
          label="Name"
          hint="What you want to be called. It may be empty."
          name="name"
          defaultValue={profile.name ?? ''}
          maxLength={100}
          autoComplete="name"
          error={fault?.fields['name']}
        />
        <FormFault fault={fault} known={['name']} />
      </div>
      <div className="panel-foot">
        <ActButton type="submit" tone="primary" busy={busy}>
          Save name
        </ActButton>
      </div>
    </form>
  )
}
