import { printable } from './printable.ts'

export type LogLevel = 'info' | 'warn' | 'error'

/** Fields of a log line: opaque ids, names and numbers; never a token, a key, an address. */
export type LogFields = Record<string, string | number | boolean | undefined>

export type Log = (level: LogLevel, event: string, fields?: LogFields) => void

/** Writes one JSON object a line; no value can add a line, or change the terminal that shows it. */
export function createLog(write: (line: string) => void, now: () => number): Log {
  return (level, event, fields = {}) => {
    const line = JSON.stringify({ time: new Date(now()).toISOString(), level, event, ...fields })
    write(printable(line))
  }
}

/** The log of this isolate: one line on standard output, wherever that is. */
export const log: Log = createLog((line) => console.log(line), Date.now)
