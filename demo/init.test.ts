import { execFileSync, spawnSync } from 'node:child_process'
import {
  appendFileSync,
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  rmSync,
  symlinkSync,
  utimesSync,
  writeFileSync,
} from 'node:fs'
import { join } from 'node:path'
import { expect, test } from '@playwright/test'

const root = process.cwd()
const bin = (name: string): string => join('node_modules', '.bin', name)

/** A test of the demo that a version brings. */
const NEWER = join('e2e', 'newer.spec.ts')

const STARS = `import { defineCollection } from './define.ts'

/** What shines. */
export const stars = defineCollection({
  name: 'stars',
  prefix: 'star:',
  access: { list: 'public', get: 'public', create: 'editor', update: 'editor', delete: 'editor' },
  fields: (z) => ({ magnitude: z.optional(z.number()) }),
})
`

/** A clone: this working tree as the only commit of a repository of its own. */
class Clone {
  /** The same for one after the other: what was compiled of a file is found again by its path. */
  readonly folder: string = join(root, '.usher', 'clones', `init-${test.info().parallelIndex}`)

  constructor() {
    // A test that was killed has left it.
    rmSync(this.folder, { recursive: true, force: true })
    const listed = execFileSync('git', ['ls-files', '-co', '--exclude-standard'], {
      cwd: root,
      encoding: 'utf8',
    })
    const files = listed.split('\n').filter((name) => name !== '' && existsSync(join(root, name)))
    mkdirSync(this.at('node_modules'), { recursive: true })
    execFileSync('cp', ['--parents', ...files, this.folder], { cwd: root })
    for (const entry of readdirSync(join(root, 'node_modules'))) {
      if (entry === '.package-lock.json') writeFileSync(this.at('node_modules', entry), '{}')
      else symlinkSync(join(root, 'node_modules', entry), this.at('node_modules', entry))
    }
    // Newer than every lock file: nothing is installed into what is linked.
    const later = new Date('2100-01-01')
    utimesSync(this.at('node_modules', '.package-lock.json'), later, later)
    this.git('init', '-q', '-b', 'main')
    this.git('config', 'user.name', 'Somebody')
    this.git('config', 'user.email', 'somebody@example.com')
    this.commit('This version')
  }

  at(...path: string[]): string {
    return join(this.folder, ...path)
  }

  read(file: string): string {
    return readFileSync(this.at(file), 'utf8')
  }

  git(...words: string[]): string {
    return execFileSync('git', words, { cwd: this.folder, encoding: 'utf8' })
  }

  commit(message: string): void {
    this.git('add', '-A')
    this.git('commit', '-q', '-m', message)
  }

  run(command: string, ...words: string[]): { status: number | null; output: string } {
    const options = { cwd: this.folder, encoding: 'utf8' } as const
    const { status, stdout, stderr } = spawnSync(command, words, options)
    return { status, output: stdout + stderr }
  }

  npm(command: string, ...words: string[]): { status: number | null; output: string } {
    return this.run(process.execPath, 'local/run.mjs', command, ...words)
  }

  addStars(): void {
    writeFileSync(this.at(join('lib', 'collections', 'stars.ts')), STARS)
    const registry = this.read('lib/collections/index.ts').replace('export {}\n', '')
    writeFileSync(
      this.at('lib/collections/index.ts'),
      `${registry}export { stars } from './stars.ts'\n`,
    )
    expect(this.npm('openapi')).toMatchObject({ status: 0 })
  }

  /** Formatter, linter, compiler, and the tests that read the whole repository. */
  expectGreen(): void {
    this.expectDone('biome', 'check', '--error-on-warnings', '.')
    this.expectDone('tsc', '--noEmit')
    this.expectTested()
  }

  expectTested(): void {
    const files = ['architecture', 'openapi/openapi.test', 'repository', 'lib/settings']
    this.expectDone('playwright', 'test', '--project=unit', ...files)
  }

  private expectDone(command: string, ...words: string[]): void {
    const { status, output } = this.run(bin(command), ...words)
    expect(status, output).toBe(0)
  }
}

let clone: Clone
test.beforeEach(() => {
  test.setTimeout(900_000)
  clone = new Clone()
})
test.afterEach(() => rmSync(clone.folder, { recursive: true }))

test('init takes the demo out and writes the name, and a collection is a file and a line', () => {
  writeFileSync(clone.at('notes.txt'), 'not committed')
  expect(clone.npm('init', '--name', 'Star Catalogue')).toMatchObject({
    status: 1,
    output: expect.stringContaining('Commit first, or add --force'),
  })
  expect(clone.git('status', '--porcelain')).toBe('?? notes.txt\n')
  rmSync(clone.at('notes.txt'))
  expect(clone.npm('init', '--name', "it's").status).toBe(2)
  for (const command of ['init', 'upgrade']) {
    const unknown = clone.npm(command, '--nme', 'Stars')
    expect([unknown.status, unknown.output]).toEqual([2, expect.stringContaining('--nme')])
    expect(unknown.output).not.toMatch(/^\s+at /m)
  }

  const { status, output } = clone.npm('init', '--name', 'Star Catalogue')
  expect(status, output).toBe(0)
  expect(output).toContain('lib/collections/index.ts')
  expect(existsSync(clone.at('demo'))).toBe(false)
  expect(JSON.parse(clone.read('package.json')).name).toBe('star-catalogue')
  const { info, paths } = JSON.parse(clone.read('lib/openapi/openapi.json'))
  expect(info.title).toBe('Star Catalogue')
  const own = Object.keys(paths).filter((path) => !/^\/(api\/(auth|keys|users|blocks))/.test(path))
  expect(own).toEqual([
    '/api/profile',
    '/api/profile/export',
    '/api/usage',
    '/api/usage/top',
    '/api/events',
    '/api/metrics',
    '/.well-known/jwks.json',
    '/api/openapi.json',
    '/api/health',
    '/api/health/ready',
    '/api/graphql',
    '/api/graphql/schema',
    '/api/mcp',
  ])
  clone.commit('Ours')
  clone.expectGreen()

  expect(clone.npm('init', '--name', 'Another')).toMatchObject({
    status: 0,
    output: expect.stringContaining('nothing was changed'),
  })
  expect(clone.git('status', '--porcelain')).toBe('')

  // That one with a collection is green, the upgraded one shows.
  clone.addStars()
  expect(Object.keys(JSON.parse(clone.read('lib/openapi/openapi.json')).paths)).toContain(
    '/api/stars/{id}',
  )
  const help = clone.npm('seed', '--help').output
  expect(help).toContain('Collections: stars.')
  expect(help).not.toMatch(/movie|book|review|vega/i)
})

test('a clone with the demo and a collection more is as green', () => {
  clone.addStars()
  // One that `npm run new` has written is linted and compiled by up.spec.ts.
  clone.expectTested()
})

test('a new version comes into a clone of somebody’s own without a conflict', () => {
  const replace = (file: string, from: string | RegExp, to: string): void =>
    writeFileSync(clone.at(file), clone.read(file).replace(from, to))
  clone.git('branch', 'next-version')
  clone.npm('init', '--name', 'Star Catalogue')
  clone.addStars()
  replace('app/brand.css', '--brand: #8a2445', '--brand: #123456')
  clone.commit('Ours')

  clone.git('checkout', '-q', 'next-version')
  replace('package.json', /"version": ".*"/, '"version": "9.9.9"')
  replace('README.md', /^/, 'A line more.\n\n')
  appendFileSync(clone.at('app/styles/base.css'), '\nmark {\n  color: #7a1f3d;\n}\n')
  appendFileSync(clone.at('lib/contract/problems.ts'), '\nexport const NEWER = true\n')
  // A part of the demo that has changed, and one that is new.
  appendFileSync(clone.at('e2e/http.spec.ts'), '\n// Newer.\n')
  writeFileSync(clone.at(NEWER), "const path = '/api/movies'\nexport { path }\n")
  appendFileSync(clone.at('demo/parts.txt'), `${NEWER}\n`)
  clone.commit('A newer version')

  clone.git('checkout', '-q', 'main')
  const { status, output } = clone.npm('upgrade', 'next-version')
  expect(status, output).toBe(0)
  expect(clone.git('status', '--porcelain')).toBe('')
  expect(clone.git('rev-list', '--parents', '-1', 'HEAD').trim().split(' ')).toHaveLength(3)
  for (const gone of ['demo', 'e2e/http.spec.ts', NEWER]) {
    expect(existsSync(clone.at(gone)), gone).toBe(false)
  }
  expect(JSON.parse(clone.read('package.json'))).toMatchObject({
    name: 'star-catalogue',
    version: '9.9.9',
  })
  expect(clone.read('README.md')).toMatch(/^# Star Catalogue/)
  expect(clone.read('app/brand.css')).toContain('#123456')
  expect(clone.read('app/styles/base.css')).toContain('mark {')
  expect(clone.read('lib/contract/problems.ts')).toContain('NEWER')
  const { info, paths } = JSON.parse(clone.read('lib/openapi/openapi.json'))
  expect([info.title, '/api/stars' in paths]).toEqual(['Star Catalogue', true])
  clone.expectGreen()
})

test('a change of the same line by both is left to the person, by name', () => {
  clone.git('branch', 'next-version')
  clone.npm('init', '--name', 'Star Catalogue')
  const colour = (to: string): void => {
    // Not `app/brand.css`: that one is the publisher's.
    const style = `/* ${to} */\n${clone.read('app/styles/base.css')}`
    writeFileSync(clone.at('app/styles/base.css'), style)
    clone.commit('A colour')
  }
  colour('#123456')
  clone.git('checkout', '-q', 'next-version')
  colour('#654321')
  clone.git('checkout', '-q', 'main')
  const { status, output } = clone.npm('upgrade', 'next-version')
  expect([status, output.trim().split('\n').at(-1)]).toEqual([1, 'app/styles/base.css'])
})
