import { existsSync, readdirSync, readFileSync } from 'node:fs'
import { dirname, join, relative, resolve } from 'node:path'
import { expect, test } from '@playwright/test'

const root = process.cwd()
const FOLDERS = [
  'app',
  'bench',
  'demo',
  'docs',
  'e2e',
  'examples',
  'lib',
  'local',
  'seed',
  'test',
].filter((folder) => existsSync(join(root, folder)))
/** Where `npm run init` has taken the demo out, pages and comments still name tests that went with it. */
const GONE = FOLDERS.includes('demo')
  ? /^$/
  : /^(app\/v1|demo|e2e|examples)\/|^local\/mutants(\.ts$|\/)|^test\/support\/samples\.ts$|\.test\.ts$/
/** What a page tells its reader to write. */
const EXAMPLES = [
  'lib/collections/albums.ts',
  'lib/collections/airports.ts',
  'lib/collections/films.ts',
  'lib/auth/accounts/who-am-i.ts',
  'app/api/whoami/route.ts',
  'lib/http/credentials/ticket.ts',
]
const TEXT = /\.(ts|tsx|mjs|md)$/

/** Every text of the repository, without what is installed. */
function texts(folder: string): string[] {
  return readdirSync(join(root, folder), { withFileTypes: true }).flatMap((entry) => {
    const path = join(folder, entry.name)
    if (entry.isDirectory()) return entry.name === 'node_modules' ? [] : texts(path)
    return TEXT.test(entry.name) ? [path] : []
  })
}

const files = [
  ...FOLDERS.flatMap(texts),
  ...readdirSync(root).filter((name) => TEXT.test(name) && name !== 'next-env.d.ts'),
]

test('no file reaches beside the repository: a clone has all that its tests need', () => {
  const outside = files.filter((file) =>
    [...readFileSync(join(root, file), 'utf8').matchAll(/import\.meta\.dirname((?:, '\.\.')+)/g)]
      .map(([, steps = '']) => resolve(root, dirname(file), ...steps.split(/[ ,']+/)))
      .some((target) => relative(root, target).startsWith('..')),
  )
  expect(outside).toEqual([])
})

test('the files that comments and pages name are there', () => {
  const named =
    /(?<![\w./-])(?:app|demo|docs|e2e|examples|lib|local|seed|test)\/[\w./[\]-]+\.(?:tsx?|mjs|md|json)\b/g
  const missing = files.flatMap((file) =>
    [...readFileSync(join(root, file), 'utf8').matchAll(named)]
      .filter(
        ([name]) => !EXAMPLES.includes(name) && !GONE.test(name) && !existsSync(join(root, name)),
      )
      .map(([name]) => `${file} names ${name}`),
  )
  expect(missing).toEqual([])
})

interface Locked {
  optional?: boolean
  hasInstallScript?: boolean
  engines?: { node?: string }
}

test('an install on the oldest Node that package.json names warns of nothing', () => {
  const own: { engines: { node: string }; allowScripts: object } = JSON.parse(
    readFileSync(join(root, 'package.json'), 'utf8'),
  )
  const { packages }: { packages: Record<string, Locked> } = JSON.parse(
    readFileSync(join(root, 'package-lock.json'), 'utf8'),
  )
  const oldest = lowestVersion(own.engines.node)
  const warned = Object.entries(packages).filter(
    ([path, { optional, engines, hasInstallScript }]) => {
      const needsNewer = optional !== true && lowestVersion(engines?.node ?? '0') > oldest
      const name = path.replace(/^.*node_modules\//, '')
      return needsNewer || (hasInstallScript === true && !Object.hasOwn(own.allowScripts, name))
    },
  )
  // CONTRIBUTING.md says what to do.
  expect(warned.map(([path]) => path)).toEqual([])
})

/** The lowest version that a range names, as a number: `^18.19.0 || >=20.6.0` is 18,019. */
function lowestVersion(range: string): number {
  const versions = [...range.matchAll(/(\d+)(?:\.(\d+))?[\d.]*/g)]
  return Math.min(...versions.map(([, major, minor = 0]) => Number(major) * 1_000 + Number(minor)))
}
