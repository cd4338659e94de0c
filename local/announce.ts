import { readFileSync, rmSync } from 'node:fs'
import { mkdir, readFile, writeFile } from 'node:fs/promises'
import { join } from 'node:path'

const FILE = join('.usher', 'store.json')

interface Announced {
  pid: number
  url: string
  token: string
}

/** Writes where a running `up` keeps its store, readable by this user alone, for `npm run seed`. */
export async function announceStore(store: { url: string; token: string }): Promise<void> {
  await mkdir('.usher', { recursive: true, mode: 0o700 })
  const announced: Announced = { pid: process.pid, url: store.url, token: store.token }
  await writeFile(FILE, JSON.stringify(announced), { mode: 0o600 })
  process.once('exit', () => {
    const current: Announced = JSON.parse(readFileSync(FILE, 'utf8'))
    if (current.pid === process.pid) rmSync(FILE)
  })
}

/** The store of a running `up` in this folder, if one runs. */
export async function announcedStore(): Promise<{ url: string; token: string } | undefined> {
  try {
    const { pid, url, token }: Announced = JSON.parse(await readFile(FILE, 'utf8'))
    process.kill(pid, 0)
    return { url, token }
  } catch {
    // No file, or the process that wrote it is gone: no store runs.
    return undefined
  }
}
