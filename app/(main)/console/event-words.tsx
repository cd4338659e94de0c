'use client'
import Link from 'next/link'
import type { ReactNode } from 'react'
import { levelName, type SecurityEvent } from '@/app/parts/answers.ts'
import type { IconName } from '@/app/parts/sprite.tsx'

type Names = ReadonlyMap<string, string | null>

/** What happened, as a sentence. One that is not known here is told by its name. */
export function EventWords({ event, names }: { event: SecurityEvent; names: Names }): ReactNode {
  const user = <Who id={event.user} names={names} otherwise={event.ip ?? 'Somebody'} />
  const by = <Who id={event.by} names={names} otherwise="The operator" />
  const words = SENTENCES[event.type]?.(event, user, by)
  return words ?? <code>{event.type}</code>
}

const SENTENCES: Readonly<
  Record<string, (event: SecurityEvent, user: ReactNode, by: ReactNode) => ReactNode>
> = {
  'signin.succeeded': (_, user) => <>{user} signed in</>,
  'signin.failed': (_, user) => <>A sign-in of {user} failed</>,
  'signin.provider': ({ provider }, user) => (
    <>
      {user} signed in with {provider ?? 'a provider'}
    </>
  ),
  'session.ended': ({ session }, user) => (
    <>
      {user} signed out{session === undefined && ' everywhere'}
    </>
  ),
  'token.reused': (_, user) => (
    <>A refresh token of {user} came twice: the session has ended, it may be stolen</>
  ),
  throttled: ({ policy }, user) => (
    <>
      {user} went beyond the quota <code>{policy}</code>
    </>
  ),
  'access.refused': ({ operation }, user) => (
    <>
      {user} was refused <code>{operation}</code>
    </>
  ),
  'account.registered': (_, user) => <>{user} registered</>,
  'account.deleted': ({ by }, user, admin) => (
    <>
      {user} was deleted{by !== undefined && <> by {admin}</>}
    </>
  ),
  'email.verified': (_, user) => <>{user} confirmed the address</>,
  'password.changed': (_, user) => <>{user} changed the password</>,
  'password.reset': (_, user) => <>{user} set a new password by a mail</>,
  'level.changed': ({ level = 0 }, user, by) => (
    <>
      {by} made {user} {/^[AE]/.test(levelName(level)) ? 'an' : 'a'}{' '}
      {levelName(level).toLowerCase()}
    </>
  ),
  'plan.changed': (_, user, by) => (
    <>
      {by} gave {user} another plan
    </>
  ),
  'user.disabled': (_, user, by) => (
    <>
      {by} disabled {user}
    </>
  ),
  'user.enabled': (_, user, by) => (
    <>
      {by} enabled {user}
    </>
  ),
  'user.unlocked': (_, user, by) => (
    <>
      {by} unlocked {user}
    </>
  ),
  'key.created': (_, user) => <>{user} made an API key</>,
  'key.rolled': (_, user) => <>{user} rolled an API key</>,
  'key.deleted': ({ by }, user, admin) =>
    by === undefined ? (
      <>{user} ended an API key</>
    ) : (
      <>
        {admin} ended an API key of {user}
      </>
    ),
  'block.created': ({ address, key }, user, by) => (
    <>
      {by} keeps out {address ?? (key === undefined ? user : <code>{key}</code>)}
    </>
  ),
  'block.deleted': ({ address, key }, user, by) => (
    <>
      {by} lets {address ?? (key === undefined ? user : <code>{key}</code>)} in again
    </>
  ),
  'identity.linked': ({ provider }, user) => (
    <>
      {user} linked {provider ?? 'a provider'}
    </>
  ),
  'identity.unlinked': ({ provider }, user) => (
    <>
      {user} unlinked {provider ?? 'a provider'}
    </>
  ),
  'passkey.added': (_, user) => <>{user} added a passkey</>,
  'passkey.removed': (_, user) => <>{user} removed a passkey</>,
  'passkey.counter': (_, user) => (
    <>A passkey of {user} counted backwards: there may be a copy of it</>
  ),
  'totp.enabled': (_, user) => <>{user} turned codes on</>,
  'totp.disabled': ({ by }, user, admin) => (
    <>
      {by === undefined ? (
        <>{user} turned codes off</>
      ) : (
        <>
          {admin} turned off the codes of {user}
        </>
      )}
    </>
  ),
  'recovery-code.used': (_, user) => <>{user} signed in with a recovery code</>,
}

/** An account by its address, if that is known, and the way to it. */
function Who({
  id,
  names,
  otherwise,
}: {
  id: string | undefined
  names: Names
  otherwise: string
}): ReactNode {
  if (id === undefined) return otherwise
  const name = names.get(id)
  if (name === null) return <span title={id}>an account that is gone</span>
  return (
    <Link
      className="event-who"
      href={`/console/users?user=${encodeURIComponent(id)}`}
      prefetch={false}
      title={id}
    >
      {name ?? `${id.slice(0, 8)}…`}
    </Link>
  )
}

/** What an operator should look at first. */
export function toneOf(type: string): { tone?: 'warn' | 'danger' | 'ok'; icon: IconName } {
  if (/^(token\.reused|passkey\.counter)$/.test(type)) return { tone: 'danger', icon: 'alert' }
  if (/^(signin\.failed|throttled|access\.refused|block\.created|user\.disabled)$/.test(type)) {
    return { tone: 'warn', icon: 'stop' }
  }
  if (/^(signin\.(succeeded|provider)|account\.registered|email\.verified)$/.test(type)) {
    return { tone: 'ok', icon: 'okay' }
  }
  return { icon: 'info' }
}
