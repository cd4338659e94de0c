import { mkdir, mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises'
import { join, resolve } from 'node:path'
import { runProgram } from './processes.ts'
import { readmeBlock } from './readme.ts'

/** What a clone does not have: packages, and what was built or kept. */
const NOT_CLONED = ['.git', '.next', '.usher', 'dist', 'node_modules', 'test-results']

/** A copy of the repository with its packages, to change as its owner would. */
export interface Clone {
  folder: string
  /** Makes a collection of the README's file and the README's line. */
  addAlbums(): Promise<void>
  remove(): Promise<void>
}

/** Copies the repository as it is, without anything that was built. */
export async function makeClone(): Promise<Clone> {
  // On the same disk as the packages, which are linked: they are not changed.
  await mkdir('.usher/clones', { recursive: true })
  const folder = resolve(await mkdtemp('.usher/clones/clone-'))
  const names = (await readdir('.')).filter((name) => !NOT_CLONED.includes(name))
  // With its times: a lock file that looks newer than the packages would have them installed again.
  await copy('-a', ...names, folder)
  await rm(join(folder, 'lib/openapi/openapi.json'), { force: true })
  await copy('-al', 'node_modules', folder)
  return {
    folder,
    addAlbums: async () => {
      const collections = join(folder, 'lib/collections')
      const index = join(collections, 'index.ts')
      const before = await readFile(index, 'utf8')
      await writeFile(join(collections, 'albums.ts'), readmeBlock('collection'))
      await writeFile(index, before + readmeBlock('registry'))
    },
    // npm ends before what it has started: a server that keeps its store writes for a moment longer.
    remove: () => rm(folder, { recursive: true, force: true, maxRetries: 20, retryDelay: 100 }),
  }
}

/** What `cp` does with these words: in a fifth of the time of Node's own. */
export async function copy(...words: string[]): Promise<void> {
  const { code, output } = await runProgram('cp', words, process.env)
  if (code !== 0) throw new Error(output)
}
