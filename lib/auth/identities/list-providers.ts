import { ok } from '../../contract/problems.ts'
import { defineOperation } from '../../operation.ts'
import { passkeysPossible } from '../passkeys/possible.ts'
import type { Provider } from './provider.ts'

/** The ways in that a page can offer. */
export interface WaysIn {
  data: { id: string; name: string }[]
  password: boolean
  passkeys: boolean
}

/** Tells which ways to sign in there are, for a page to offer them. */
export const listProviders = defineOperation('listProviders', {
  summary: 'Tell which ways to sign in there are',
  problems: [],
  answer: 'WaysIn',
  run: async (_, { providers, origin }: { providers: readonly Provider[]; origin: string }) => {
    const data = providers.map(({ id, name }) => ({ id, name }))
    return ok<WaysIn>({ data, password: true, passkeys: passkeysPossible(origin) })
  },
})
