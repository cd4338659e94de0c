import { keys } from '../../lib/store/keys.ts'
import type { NamedDatabase } from '../operator-store.ts'

/** In a store that is being restored: which file, the offset of its next block, the keys before it. */
export const MARK: string = keys.restore

/** What a person is told, for which no stack is needed. */
export class Fault extends Error {
  override readonly name = 'Fault'
}

/** A database, and what it is called in files: the same in every run. */
export interface Target {
  database: NamedDatabase
  source: string
}

export type Job =
  | { kind: 'help' }
  | { kind: 'run'; path: string; accounts: boolean; intoUsed: boolean }

/** @throws Fault for words that the command does not know. */
export function readWords(words: readonly string[], flags: readonly string[]): Job {
  if (words.includes('--help')) return { kind: 'help' }
  const unknown = words.find((word) => word.startsWith('-') && !flags.includes(word))
  if (unknown !== undefined) throw new Fault(`There is no ${unknown}.`)
  const [path, ...others] = words.filter((word) => !word.startsWith('-'))
  if (path === undefined || others.length > 0) throw new Fault('It takes the name of one file.')
  return {
    kind: 'run',
    path,
    accounts: words.includes('--accounts'),
    intoUsed: words.includes('--into-used'),
  }
}
