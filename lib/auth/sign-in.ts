import * as z from 'zod/mini'
import { fail, ok, type Result } from '../errors.ts'
import { quotaExceeded } from '../rate-limit/headers.ts'
import { deviceRead, openSession, revokeSession } from '../store/sessions.ts'
import { credentialsRead } from '../store/users.ts'
import { grant, type TokenResponse } from './grant.ts'
import { countGuess, guessKeys } from './guesses.ts'
import { isObject } from './input.ts'
import type { AccountDeps, AuthCall } from './types.ts'
import { parseUserId } from './user-id.ts'

/** `email` is another name of `user`; one of the two. */
export const signInInput = z
  .strictObject({
    user: z.optional(z.string()),
    email: z.optional(z.string()),
    password: z.string(),
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
 * @returns A token pair; `invalid-credentials`; `quota-exceeded` after five failures of an account,
 *   known or not; `service-unavailable` when too many comparisons wait.
 *
 * @see [RFC 6749 §4.3](https://www.rfc-editor.org/rfc/rfc6749.html#section-4.3), OWASP ASVS v5.0.0-6.3.8
 */
export async function signIn(
  call: AuthCall<z.output<typeof signInInput>>,
  deps: AccountDeps,
): Promise<
  Result<TokenResponse, 'invalid-credentials' | 'quota-exceeded' | 'service-unavailable'>
> {
  const { store, client } = call
  const address = call.input.user ?? call.input.email ?? ''
  const userId = parseUserId(address)
  const names = await guessKeys(address, client.partition, deps)
  const [guess, [account, known]] = await Promise.all([
    countGuess(call, names),
    // No account has the empty id: an impossible address costs the same trip.
    store.read(credentialsRead(userId ?? ''), deviceRead(names.device ?? '')),
  ])
  const quota = guess.decide(known, account.passwordHash === undefined ? undefined : userId)
  if (!quota.allowed) return quotaExceeded([quota])

  const matches = await deps.passwords.matches(call.input.password, account.passwordHash)
  if (!matches.ok) {
    await guess.giveBack('one')
    return matches
  }
  if (!matches.value || !account.mayEnter || userId === undefined || !account.passwordHash) {
    // An address that nobody has is a person's own, or a typed password: it is not kept.
    call.report('signin.failed', { user: account.passwordHash === undefined ? undefined : userId })
    return fail('invalid-credentials', matches.value ? 'account may not enter' : 'no match')
  }

  const sessionId = deps.randomId()
  const [opened] = await Promise.all([
    openSession(store, {
      sessionId,
      userId,
      comparedHash: account.passwordHash,
      refreshTokenTtlMs: deps.lifetimes.refreshTokenTtl * 1_000,
      sessionTtlMs: deps.lifetimes.sessionTtl * 1_000,
      userAgent: client.userAgent,
      ip: client.address ?? '',
      cap: deps.sessionsPerUser,
      device: names.device,
      event: call.event('signin.succeeded', { user: userId, session: sessionId }),
    }),
    guess.giveBack('all'),
  ])
  if (opened.status === 'refused') {
    return fail('invalid-credentials', 'account changed during sign-in')
  }
  call.identify({ userId, sessionId })
  await Promise.all(
    opened.overCap.map((oldest) => revokeSession(store, { sessionId: oldest, userId })),
  )
  return ok(await grant(deps, 'Logged in', { userId, sessionId }, opened.session))
}

export const signInCase = { input: signInInput, run: signIn }
