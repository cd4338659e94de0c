import { log } from '../log.ts'
import { Plans } from '../rate-limit/plans.ts'
import type { Settings } from '../settings/types.ts'
import { sleep } from '../sleep.ts'
import { connectScripts } from '../store/client/script-runner.ts'
import { Usage } from '../usage/usage.ts'

/** What counts usage, and what plans there are. */
export interface CountedParts {
  usage: Usage
  plans: Plans
}

/** What every endpoint of operations needs that a quota of the gate counts for an account. */
export function usageParts({ data, plans, limits }: Settings, now: () => number): CountedParts {
  const randomId = (): string => crypto.randomUUID()
  return {
    usage: new Usage({ redis: connectScripts(data), now, sleep, log, randomId }),
    plans: new Plans(plans, limits, log),
  }
}
