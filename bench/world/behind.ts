import { setTimeout as sleep } from 'node:timers/promises'
import type { World } from './start.ts'

/** How late changes are at replicas that are in trouble. */
export const LAG_MS = 2_000

/** Measures with both replicas behind. */
export async function behind<found>(world: World, measure: () => Promise<found>): Promise<found> {
  for (const { line } of world.regions) if (line !== undefined) line.lagMs = LAG_MS
  try {
    return await measure()
  } finally {
    for (const { line, usualLagMs } of world.regions) {
      if (line !== undefined) line.lagMs = usualLagMs
    }
    await sleep(LAG_MS)
  }
}
