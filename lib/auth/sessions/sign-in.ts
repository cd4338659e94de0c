import * as z from 'zod/mini'
import { fail, ok } from '../../contract/problems.ts'
import { defineOperation } from '../../operation.ts'
import { quotaExceeded } from '../../rate-limit/headers.ts'
import { openSession } from '../../store/sessions.ts'
import { guessRead, replaceField } from '../../store/users.ts'
import { reportFailedSignIn } from '../accounts/notices.ts'
import { parseUserId } from '../accounts/user-id.ts'
import { isObject } from '../input.ts'
import { type Compared, changedMeanwhile, compareReplaced } from '../passwords/compare-replaced.ts'
import { judgeCode, type RightCode } from '../totp/second-factor.ts'
import type { AccountDeps, AuthCall } from '../types.ts'
import { enter, newSession } from './enter.ts'
import { countGuess, guessKeys, judgeGuess } from './guesses.ts'

/** `email` is another name of `user`; one of the two. */
export const signInInput = z
  .strictObject({
    user: z.optional(z.string()),
    email: z.optional(z.string()),
    password: z.string(),
    code: z.optional(z.string()),
  })
  .check(
    z.refine(({ user, email }) => user !== undefined || email !== undefined, {
      path: ['user'],
      error: 'is required',
      when: isObject,
    }),
    z.refine(({ user, email }) => user === undefined || email === undefined, {
      path: ['email'],
      error: 'is another name of user: send one of the two',
      when: isObject,
    }),
  )

/**
 * Signs in with a password and opens a session.
 *
 * An unknown user, a wrong password, a disabled, unconfirmed or password-less account and an
 * impossible address take the same steps and answer the same bytes: one bcrypt comparison, against
 * a dummy where there is no hash. A failure is counted before comparing, so that parallel guesses
 * are counted too, and success clears the count. An address that has signed in before counts by
 * itself, so that a stranger cannot lock the owner out.
 *
 * An account with TOTP wants a code besides. That it does is said to nobody who has not the password, and a
 * wrong code is a failure as a wrong password is. Such a count is cleared only when the store has used the
 * code up: a code that was used before clears nothing.
 *
 * @returns A token pair; `invalid-credentials`; `second-factor-required` where the password is right and
 *   no code came; `quota-exceeded` after five failures of an account, known or not; `service-unavailable`
 *   when too many comparisons wait.
 *
 * @see [RFC 6749 §4.3](https://www.rfc-editor.org/rfc/rfc6749.html#section-4.3), OWASP ASVS v5.0.0-6.3.8
 */
export const signIn = defineOperation('signIn', {
  summary: 'Sign in with user and password; answers a token pair',
  input: signInInput,
  problems: [
    'invalid-credentials',
    'second-factor-required',
    'quota-exceeded',
    'service-unavailable',
  ],
  answer: 'TokenResponse',
  run: async (call, deps: AccountDeps) => {
    const { store, client } = call
    const address = call.input.user ?? call.input.email ?? ''
    const userId = parseUserId(address)
    const names = await guessKeys(address, client.partition, deps)
    const [counted, [{ account, known, now }]] = await Promise.all([
      countGuess(call, names),
      // No account has the empty id: an impossible address costs the same trip.
      store.read(guessRead(userId ?? '', names.device)),
    ])
    const { accountId, unlockedAt } = account
    const about = { address, known, unlockedAt, user: accountId }
    const { guess, quota } = await judgeGuess(call, deps, counted, about)
    if (!quota.allowed) return quotaExceeded([quota])

    const matches = await deps.passwords.matches(call.input.password, account.passwordHash)
    if (!matches.ok) {
      await guess.giveBack('one')
      return matches
    }
    if (!matches.value || !account.mayEnter || userId === undefined || !account.passwordHash) {
      const { passwordHash } = account
      const known = userId !== undefined && passwordHash !== undefined
      reportFailedSignIn(call, deps, known ? { userId, accountId } : undefined)
      return fail('invalid-credentials', matches.value ? 'account may not enter' : 'no match')
    }

    const code = await judgeCode(account, call.input.code, now, deps)
    if (!code.ok) {
      // The password was right: asking for the code is no failure, and clears none.
      if (code.code === 'second-factor-required') await guess.giveBack('one')
      else reportFailedSignIn(call, deps, { userId, accountId })
      return code
    }

    const open = async ({ accountId, hash: comparedHash }: Compared) => {
      const session = newSession(call, deps, { userId, accountId, device: names.device })
      return {
        session,
        opened: await openSession(store, session, { comparedHash, code: code.value }),
      }
    }
    const isCertain = code.value.compared === ''
    let compared: Compared = { accountId, hash: account.passwordHash }
    let [{ session, opened }] = await Promise.all([
      open(compared),
      isCertain ? guess.giveBack('all') : undefined,
    ])
    if (opened.status === 'refused') {
      const again = await compareReplaced(store, deps.passwords, {
        userId,
        password: call.input.password,
        before: compared.hash,
      })
      if (!again.ok) return again
      compared = again.value
      ;({ session, opened } = await open(compared))
    }
    if (opened.status === 'refused') return changedMeanwhile()
    if (opened.status === 'spent') {
      reportFailedSignIn(call, deps, { userId, accountId })
      return fail('invalid-credentials', 'the code was used before')
    }
    if (!isCertain) guess.clearLater()
    if (code.value.recovery !== '') {
      call.report('recovery-code.used', { user: opened.accountId, session: session.sessionId })
    }
    keepCurrent(call, deps, { userId, password: call.input.password, hash: compared.hash })
    keepSealed(call, userId, code.value)
    return ok(await enter(call, deps, session, opened))
  },
})

/** A hash of another cost takes another time to compare: it is replaced, behind the answer. */
function keepCurrent(
  { background }: Pick<AuthCall, 'background'>,
  { passwords }: AccountDeps,
  { userId, password, hash }: { userId: string; password: string; hash: string },
): void {
  if (passwords.isCurrent(hash)) return
  background(async (store) => {
    const current = await passwords.hash(password)
    // A full queue: the next sign-in tries again.
    if (!current.ok) return
    await replaceField(store(), userId, { field: 'password', from: hash, to: current.value })
  })
}

/** A secret of TOTP that is sealed with an earlier key is sealed anew, behind the answer. */
function keepSealed(
  { background }: Pick<AuthCall, 'background'>,
  userId: string,
  { compared, resealed }: RightCode,
): void {
  if (resealed === undefined) return
  background((store) =>
    replaceField(store(), userId, { field: 'totp', from: compared, to: resealed }),
  )
}
