import { randomText } from '../../random-text.ts'

/** 119 bits: nobody guesses one, and no two are alike. */
const LENGTH = 20
const ACCOUNT_ID = /^u_[0-9A-Za-z]{16,64}$/

/**
 * Makes an account's opaque id. It is the `sub` of tokens and the `owner` of items, so that nobody is
 * shown another's address.
 */
export function newAccountId(): string {
  return `u_${randomText(LENGTH)}`
}

/** Whether a text has the form of an account's id. */
export function isAccountId(text: string): boolean {
  return ACCOUNT_ID.test(text)
}
