import { existsSync, readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'

const FOLDERS = ['demo', 'lib', 'local', 'seed', 'test']
/** Whoever imports one of these starts a store, a server or a compiler. */
const STARTS =
  /from '(node:child_process|[^']*\/(support\/(app|clone|collections|in-process|isolates|processes|resp-door|start-api|store)|engine|gateway\/server|server)\.ts)'/

// A clone of somebody's own has no demo.
const tests = FOLDERS.filter((folder) => existsSync(folder)).flatMap((folder) =>
  readdirSync(folder, { recursive: true, encoding: 'utf8' })
    .filter((name) => name.endsWith('.test.ts'))
    .map((name) => join(folder, name)),
)
const starts = (file: string): boolean => STARTS.test(readFileSync(file, 'utf8'))

/** Tests beside their source that start nothing: seconds for all of them. */
export const UNIT: RegExp = oneOf(tests.filter((file) => !starts(file)))
/** Those that start a store, a server or a compiler of their own. */
export const INTEGRATION: RegExp = oneOf(tests.filter(starts))

function oneOf(files: readonly string[]): RegExp {
  const names = files.map((file) => file.replaceAll(/[.\\]/g, '\\$&'))
  return new RegExp(`/(${names.join('|')})$`)
}
