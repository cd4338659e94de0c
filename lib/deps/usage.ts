import { log } from '../log.ts'
import type { Settings } from '../settings/types.ts'
import { sleep } from '../sleep.ts'
import { connectScripts } from '../store/client/script-runner.ts'
import { Usage } from '../usage/usage.ts'

/** What counts usage needs: every endpoint of operations that a quota of the gate counts for an account. */
export function usageParts({ data }: Settings, now: () => number): { usage: Usage } {
  const randomId = (): string => crypto.randomUUID()
  return { usage: new Usage({ redis: connectScripts(data), now, sleep, log, randomId }) }
}
