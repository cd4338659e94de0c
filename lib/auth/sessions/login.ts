import { ok } from '../../contract/problems.ts'
import { defineOperation } from '../../operation.ts'
import type { AccountDeps } from '../types.ts'
import { signIn, signInInput } from './sign-in.ts'

/**
 * Signs in as {@link signIn} does, and keeps the tokens in cookies that no script can read.
 *
 * @returns `{message, content}`; what signing in fails with. Its row keeps pages of other origins out.
 *
 * @see OWASP CSRF Prevention Cheat Sheet, "Login CSRF"
 */
export const login = defineOperation('login', {
  summary: 'Sign in as a browser does: the tokens come as cookies',
  input: signInInput,
  problems: signIn.problems,
  answer: 'Login',
  run: async (call, deps: AccountDeps) => {
    const tokens = await signIn.run(call, deps)
    if (!tokens.ok) return tokens
    call.cookies.give(tokens.value)
    const { message, content } = tokens.value
    return ok({ message, content })
  },
})
