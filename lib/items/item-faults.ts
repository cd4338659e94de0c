import type { Collection } from '../collections/define.ts'
import type { Log } from '../log.ts'

/** Tells the operator which fields of hashes do not fit, without their values. */
export function warnOfFaults(log: Log, { prefix }: Collection, faulty: readonly string[]): void {
  if (faulty.length === 0) return
  const fields = [...new Set(faulty)].join(',')
  log('warn', 'item.fields-do-not-fit', { prefix, fields, count: faulty.length })
}
