import { ACCOUNTS } from './accounts.ts'
import { ITEMS } from './items.ts'
import type { Mutant } from './mutant.ts'
import { OPERATING } from './operating.ts'
import { PAGES } from './pages.ts'
import { REQUESTS } from './requests.ts'
import { SESSIONS } from './sessions.ts'

export const MUTANTS: readonly Mutant[] = [
  ...SESSIONS,
  ...ACCOUNTS,
  ...ITEMS,
  ...REQUESTS,
  ...OPERATING,
  ...PAGES,
]
