import { ACCOUNTS } from './accounts.ts'
import { FACES } from './faces.ts'
import { FACTORS } from './factors.ts'
import { FILES } from './files.ts'
import { IDENTITIES } from './identities.ts'
import { ITEMS } from './items.ts'
import type { Mutant } from './mutant.ts'
import { OPERATING } from './operating.ts'
import { PAGES } from './pages.ts'
import { REQUESTS } from './requests.ts'
import { SESSIONS } from './sessions.ts'

export const MUTANTS: readonly Mutant[] = [
  ...SESSIONS,
  ...ACCOUNTS,
  ...IDENTITIES,
  ...FACTORS,
  ...ITEMS,
  ...FACES,
  ...FILES,
  ...REQUESTS,
  ...OPERATING,
  ...PAGES,
]
