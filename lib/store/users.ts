import { keys } from './keys.ts'
import { type Read, replyList, text } from './reply.ts'

/** What sign-in reads of an account. */
export interface Credentials {
  passwordHash: string | undefined
  /** Neither disabled nor waiting for its address to be confirmed. A hash typed by hand counts. */
  mayEnter: boolean
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
        mayEnter: disabled !== '1' && emailVerified !== '0',
      }
    },
  }
}
