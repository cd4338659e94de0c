import { type Engine, embedded } from '../gateway/engine.ts'
import { type Found, SnapshotFolder } from './folder.ts'
import { Keeper } from './keeper.ts'
import { FolderLock } from './lock.ts'

export interface KeptEngine {
  engine: Engine
  found: Found
  /** Where `fresh` put the snapshots that were there. */
  aside: string | undefined
}

/** How the embedded store is kept. */
export interface Keeping {
  /** Begins with nothing, and sets aside what is there. */
  fresh?: boolean
  /** From a change to the snapshot that has it, in milliseconds; so that it is two seconds at most, if not said. */
  keepMs?: number | undefined
}

/**
 * The embedded engine, its data kept in a folder: what was there is there again, and what changes is
 * written at most two seconds later and when the engine is closed.
 *
 * @throws FolderHeld when another process has the folder.
 */
export async function keptEngine(
  path: string,
  { fresh = false, keepMs }: Keeping = {},
): Promise<KeptEngine> {
  const folder = new SnapshotFolder(path)
  folder.make()
  const lock = await FolderLock.take(path)
  try {
    const aside = fresh ? folder.setAllAside() : undefined
    const { engine, database } = await embedded()
    const keeper = new Keeper(database, folder, lock, keepMs)
    const found = await keeper.open()
    const close = async (): Promise<void> => {
      // What was begun is answered first: it is in the last snapshot.
      await engine.close()
      await keeper.close()
    }
    return { engine: { ...engine, close }, found, aside }
  } catch (error) {
    lock.release()
    throw error
  }
}
