import type { Collection } from '../lib/collections/define.ts'
import type { Row } from './rows.ts'

/** Rows that an empty store of this machine begins with. */
export interface Sample {
  collection: Collection
  rows: readonly Row[]
}

/** More rows that `--from` names; `up` loads them too. */
export interface Source {
  collection: Collection
  /** The column with the id. */
  id: string
  /** For the help of the command. */
  what: string
  read(): Promise<readonly Row[]>
}
