import type * as z from 'zod/mini'
import { fail, ok, type Result } from '../../contract/problems.ts'
import type { AccountDeps, AuthCall } from '../types.ts'
import type { TokenResponse } from './grant.ts'
import { signIn, signInInput } from './sign-in.ts'

/**
 * Signs in as {@link signIn} does, and keeps the tokens in cookies that no script can read.
 *
 * @returns `{message, content}`; what signing in fails with; `csrf-failed` for a page of another
 *   origin, which could otherwise sign a visitor in as somebody else.
 *
 * @see OWASP CSRF Prevention Cheat Sheet, "Login CSRF"
 */
export async function login(
  call: AuthCall<z.output<typeof signInInput>>,
  deps: AccountDeps,
): Promise<
  Result<
    Pick<TokenResponse, 'message' | 'content'>,
    'invalid-credentials' | 'quota-exceeded' | 'service-unavailable' | 'csrf-failed'
  >
> {
  if (call.site.foreign) return fail('csrf-failed', 'login from another site')
  const tokens = await signIn(call, deps)
  if (!tokens.ok) return tokens
  call.cookies.give(tokens.value)
  const { message, content } = tokens.value
  return ok({ message, content })
}

export const loginCase = { input: signInInput, run: login }
