import { mkdtemp, readdir, readFile, rename, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { copySources, mirror } from './project-copy.ts'

/**
 * Copies the project into a temporary folder, and takes the copy off Next's edge runtime: the middleware
 * is a proxy, and routes run on Node.
 *
 * @throws When there is nothing to change: the sources have moved on.
 */
export async function copyOffTheEdge(
  stop: AbortSignal,
): Promise<{ folder: string; remove(): Promise<void> }> {
  const temporary = await mkdtemp(join(tmpdir(), 'usher-nodejs-'))
  const remove = (): Promise<void> => rm(temporary, { recursive: true, force: true, maxRetries: 3 })
  try {
    const folder = join(temporary, 'project')
    await copySources(folder)
    await mirror('node_modules', join(folder, 'node_modules'), stop)
    await leaveTheEdge(folder)
    return { folder, remove }
  } catch (error) {
    await remove()
    throw error
  }
}

/** The two changes of docs/hosting.md. */
async function leaveTheEdge(folder: string): Promise<void> {
  const proxy = join(folder, 'proxy.ts')
  await rename(join(folder, 'middleware.ts'), proxy)
  await replaceIn(proxy, 'export async function middleware(', 'export async function proxy(')
  const app = join(folder, 'app')
  let changed = 0
  for (const file of await readdir(app, { recursive: true })) {
    if (!/\.tsx?$/.test(file)) continue
    const path = join(app, file)
    if (!(await readFile(path, 'utf8')).includes(EDGE)) continue
    await replaceIn(path, EDGE, "export const runtime = 'nodejs'")
    changed++
  }
  if (changed === 0) throw new Error('No route says that it runs at the edge.')
}

const EDGE = "export const runtime = 'edge'"

async function replaceIn(file: string, from: string, to: string): Promise<void> {
  const text = await readFile(file, 'utf8')
  if (!text.includes(from)) throw new Error(`${file} has no ${from}`)
  await writeFile(file, text.replace(from, to))
}
