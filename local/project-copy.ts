import { constants } from 'node:fs'
import { copyFile, cp, link, mkdir, readdir, readlink, symlink } from 'node:fs/promises'
import { join } from 'node:path'

/** What was built, kept or installed: no part of the sources. */
const NO_SOURCES: readonly string[] = [
  '.git',
  '.next',
  '.usher',
  '.vercel',
  'dist',
  'node_modules',
  'test-results',
]

/** Copies the project's sources, as they are now, into a new folder. */
export async function copySources(target: string): Promise<void> {
  await mkdir(target)
  for (const name of await readdir('.')) {
    if (NO_SOURCES.includes(name)) continue
    // A lock file that looks newer than the packages would have them installed again.
    const options = { recursive: true, preserveTimestamps: true, filter: isNotInstalled }
    await cp(name, join(target, name), options)
  }
}

/** Programs that are measured, and Vercel's command line, have packages of their own. */
function isNotInstalled(path: string): boolean {
  return !/(^|[/\\])node_modules$/.test(path)
}

/**
 * The same folder elsewhere: hard links, or copies on another disk. A link to the folder itself will
 * not do: Turbopack follows none that leaves the project.
 */
export async function mirror(from: string, to: string, stop?: AbortSignal): Promise<void> {
  await mkdir(to)
  for (const entry of await readdir(from, { withFileTypes: true })) {
    stop?.throwIfAborted()
    const [source, target] = [join(from, entry.name), join(to, entry.name)]
    if (entry.isDirectory()) await mirror(source, target, stop)
    else if (entry.isSymbolicLink()) await symlink(await readlink(source), target)
    else
      await link(source, target).catch(() => copyFile(source, target, constants.COPYFILE_FICLONE))
  }
}
