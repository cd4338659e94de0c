import { existsSync, readFileSync, rmSync } from 'node:fs'
import { mkdir, readFile, writeFile } from 'node:fs/promises'
import { join } from 'node:path'

const FILE = join('.usher', 'store.json')

interface Announced {
  pid: number
  url: string
  token: string
  /** What it is called on the screen. */
  name: string
  /** Whether the data is on this machine: a gateway's address does not say. */
  local: boolean
}

/** Writes where a running `up` keeps its store, readable by this user alone, for `npm run seed`. */
export async function announceStore(store: Omit<Announced, 'pid'>): Promise<void> {
  await mkdir('.usher', { recursive: true, mode: 0o700 })
  const announced: Announced = { ...store, pid: process.pid }
  await writeFile(FILE, JSON.stringify(announced), { mode: 0o600 })
  process.once('exit', () => {
    if (!existsSync(FILE)) return
    const current: Announced = JSON.parse(readFileSync(FILE, 'utf8'))
    if (current.pid === process.pid) rmSync(FILE)
  })
}

/** The store of a running `up` in this folder, if one runs. */
export async function announcedStore(): Promise<Announced | undefined> {
  try {
    const announced: Announced = JSON.parse(await readFile(FILE, 'utf8'))
    process.kill(announced.pid, 0)
    return announced
  } catch {
    // No file, or the process that wrote it is gone: no store runs.
    return undefined
  }
}
