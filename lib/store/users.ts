import { keys } from './keys.ts'
import { type Read, replyList, text } from './reply.ts'

/** What sign-in reads of an account. */
export interface Credentials {
  passwordHash: string | undefined
  mayEnter: boolean
}

/**
 * Whether an account may sign in and stay in: neither disabled nor waiting for its address to be
 * confirmed. People type these fields by hand, so anything but a clear yes is a no; a hash without
 * them is a yes. The scripts say the same in Lua.
 */
export function mayEnter(disabled: unknown, emailVerified: unknown): boolean {
  const enabled = disabled === null || disabled === '' || disabled === '0'
  const verified = emailVerified === null || emailVerified === '1' || emailVerified === 'true'
  return enabled && verified
}

/** Reads what a password is compared against; undefined fields for an unknown user. */
export function credentialsRead(userId: string): Read<Credentials> {
  return {
    database: 'auth',
    queue: (pipeline) => pipeline.hmget(keys.user(userId), 'password', 'disabled', 'emailVerified'),
    parse: (reply) => {
      const [password, disabled, emailVerified] = replyList(reply)
      return {
        passwordHash: text(password),
        mayEnter: mayEnter(disabled, emailVerified),
      }
    },
  }
}
