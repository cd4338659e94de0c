import { existsSync, readFileSync, rmSync } from 'node:fs'
import { chmod, mkdir, readFile, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { startOf } from './kept-store/lock.ts'

const FOLDER = '.usher'
const FILE = 'store.json'

interface Announced {
  pid: number
  /** When that process started: its number may be another's later. */
  start?: string | undefined
  url: string
  token: string
  /** What it is called on the screen. */
  name: string
  /** The command that runs it. */
  by: string
  /** Whether the data is on this machine: a gateway's address does not say. */
  local: boolean
}

/** Makes `.usher`, which holds secrets, for this user alone; one that was made for logs becomes so. */
export async function makePrivateFolder(): Promise<void> {
  await mkdir(FOLDER, { recursive: true, mode: 0o700 })
  await chmod(FOLDER, 0o700)
}

/**
 * Writes where a running server has its store, readable by this user alone, for `npm run seed` and others.
 *
 * @param folder Where the store is kept; `.usher` for one that is elsewhere.
 */
export async function announceStore(
  { url, token, name, by, local }: Omit<Announced, 'pid' | 'start'>,
  folder = FOLDER,
): Promise<void> {
  if (folder === FOLDER) await makePrivateFolder()
  const file = join(folder, FILE)
  const { pid } = process
  const announced: Announced = { url, token, name, by, local, pid, start: startOf(pid) }
  await writeFile(file, JSON.stringify(announced), { mode: 0o600 })
  process.once('exit', () => {
    if (!existsSync(file)) return
    const current: Announced = JSON.parse(readFileSync(file, 'utf8'))
    if (current.pid === process.pid) rmSync(file)
  })
}

/** The store of a running server that announced it in this folder, if one runs. */
export async function announcedStore(folder = FOLDER): Promise<Announced | undefined> {
  try {
    const announced: Announced = JSON.parse(await readFile(join(folder, FILE), 'utf8'))
    process.kill(announced.pid, 0)
    const { start } = announced
    // Its number is another's by now, as in the next container.
    const now = startOf(announced.pid)
    return start === undefined || now === undefined || start === now ? announced : undefined
  } catch {
    // No file, or the process that wrote it is gone: no store runs.
    return undefined
  }
}
