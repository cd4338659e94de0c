'use client'
import type { FormEvent, ReactNode } from 'react'
import { levelName, type User } from '@/app/parts/answers.ts'
import { SearchField } from '@/app/parts/fields.tsx'
import { counted, PageFoot, usePaged } from '@/app/parts/paged.tsx'
import { useQuery } from '@/app/parts/query.ts'
import { Badge, Empty, Loaded, Skeleton } from '@/app/parts/states.tsx'
import { dayOf } from '@/app/parts/when.tsx'
import { UserInspector } from './user-inspector.tsx'

/** What this API lets an admin do with an account, besides level and disabling. */
export interface Can {
  plan: boolean
  totp: boolean
  usage: boolean
}

/** Accounts by address, and one of them beside the list. */
export function Users({ can, plans }: { can: Can; plans: readonly string[] }): ReactNode {
  const [query, setQuery] = useQuery()
  const open = query.get('user') ?? undefined
  const paged = usePaged<User>('/api/users?limit=25')
  const find = (event: FormEvent<HTMLFormElement>) => {
    event.preventDefault()
    const user = String(new FormData(event.currentTarget).get('who')).trim()
    if (user !== '') setQuery({ user })
  }
  const changed = (user: User | undefined, before: string) => {
    if (user === undefined) setQuery({ user: undefined })
    paged.change((page) => ({
      ...page,
      data: page.data.flatMap((each) => (each.user === before ? (user ?? []) : each)),
    }))
  }
  return (
    <>
      <header className="head">
        <div>
          <h1>Users</h1>
          <p>Every account, by address.</p>
        </div>
      </header>
      <div className="split">
        <section className="section" aria-label="Accounts">
          <form className="row" onSubmit={find}>
            <SearchField
              label="The whole address of an account, or its id"
              placeholder="The whole address, or the id"
              name="who"
            />
            <button className="button" type="submit">
              Find
            </button>
          </form>
          <div className="panel">
            <Loaded
              answer={paged.answer}
              what="The accounts"
              again={paged.again}
              waiting={<Skeleton rows={10} columns={4} />}
            >
              {({ data }) =>
                data.length === 0 ? (
                  <Empty icon="users" title="No accounts">
                    Whoever registers and confirms the mail is listed here.
                  </Empty>
                ) : (
                  <UserTable
                    users={data}
                    open={open}
                    hasPlan={can.plan}
                    onOpen={(user) => setQuery({ user })}
                  />
                )
              }
            </Loaded>
            <PageFoot paged={paged} words={({ data }) => counted(data.length, 'account')} />
          </div>
        </section>
        {paged.answer.state === 'loading' ? null : open === undefined ? (
          <aside className="panel inspector wide-only" aria-label="One account">
            <Empty icon="user" title="No account is open">
              Choose one to see it whole, and to change it.
            </Empty>
          </aside>
        ) : (
          <UserInspector
            key={open}
            name={open}
            can={can}
            plans={plans}
            onClose={() => setQuery({ user: undefined })}
            onChanged={changed}
          />
        )}
      </div>
    </>
  )
}

function UserTable({
  users,
  open,
  hasPlan,
  onOpen,
}: {
  users: readonly User[]
  open: string | undefined
  hasPlan: boolean
  onOpen: (user: string) => void
}): ReactNode {
  return (
    <table className="table table-stack">
      <caption className="hidden-text">Accounts, by address</caption>
      <thead>
        <tr>
          <th scope="col" aria-sort="ascending">
            Address
          </th>
          <th scope="col">Level</th>
          {hasPlan && <th scope="col">Plan</th>}
          <th scope="col">State</th>
          <th scope="col">Since</th>
        </tr>
      </thead>
      <tbody>
        {users.map((user) => {
          const isOpen = open === user.user || (open !== undefined && open === user.id)
          return (
            <tr key={user.user} className={isOpen ? 'is-open' : undefined}>
              <th scope="row" className="fill">
                <a
                  className="row-link"
                  href={`?user=${encodeURIComponent(user.user)}`}
                  aria-current={isOpen ? 'true' : undefined}
                  onClick={(event) => {
                    if (event.metaKey || event.ctrlKey) return
                    event.preventDefault()
                    onOpen(user.user)
                  }}
                >
                  {user.user}
                </a>
              </th>
              <td data-label="Level">
                {user.level > 0 ? <strong>{levelName(user.level)}</strong> : 'User'}
              </td>
              {hasPlan && <td data-label="Plan">{user.plan}</td>}
              <td data-label="State">
                <UserState user={user} />
              </td>
              <td data-label="Since" className="nowrap">
                {user.createdAt === null ? 'not known' : dayOf(user.createdAt)}
              </td>
            </tr>
          )
        })}
      </tbody>
    </table>
  )
}

export function UserState({
  user: { disabled, emailVerified },
}: {
  user: Pick<User, 'disabled' | 'emailVerified'>
}): ReactNode {
  if (disabled) {
    return (
      <Badge tone="danger" icon="stop">
        Disabled
      </Badge>
    )
  }
  if (!emailVerified) {
    return (
      <Badge tone="warn" icon="clock">
        Unconfirmed
      </Badge>
    )
  }
  return 'Active'
}
