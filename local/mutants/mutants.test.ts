import { existsSync, readFileSync } from 'node:fs'
import { expect, test } from '@playwright/test'
import config, { HOSTS } from '../../playwright.config.ts'
import { MUTANTS } from './all.ts'
import { PROJECTS, plant, type TestFile } from './mutant.ts'

const RUNNING = [...(config.projects ?? []), ...HOSTS].filter(({ name = '' }) =>
  PROJECTS.includes(name),
)

/** Whether a project that runs the mutants has this file. */
function runs(file: TestFile): boolean {
  return RUNNING.some(({ testDir = '.', testMatch = /\.spec\.ts$/, testIgnore = /^$/ }) => {
    if (!(testMatch instanceof RegExp && testIgnore instanceof RegExp)) {
      throw new TypeError('This test knows patterns that are regular expressions.')
    }
    const isInside = testDir === '.' || file.startsWith(`${testDir}/`)
    return isInside && testMatch.test(`/${file}`) && !testIgnore.test(`/${file}`)
  })
}

test('every planted fault finds its place once, and changes it', () => {
  const lost = MUTANTS.flatMap((mutant) => {
    if (!existsSync(mutant.file)) return [`${mutant.name}: there is no ${mutant.file}`]
    const source = readFileSync(mutant.file, 'utf8')
    try {
      return plant(source, mutant) === source ? [`${mutant.name} changes nothing`] : []
    } catch (error) {
      return [String(error)]
    }
  })
  expect(lost).toEqual([])
})

test('the tests that must notice a planted fault are there, and run with the mutants', () => {
  const missing = MUTANTS.flatMap(({ name, tests }) => {
    if (tests.length === 0) return [`${name}: no test is named`]
    return tests.flatMap((file) => [
      ...(existsSync(file) ? [] : [`${name}: there is no ${file}`]),
      ...(runs(file) ? [] : [`${name}: ${file} is of no project that runs the mutants`]),
    ])
  })
  expect(missing).toEqual([])
})

test('each has a name of its own, by which it is chosen', () => {
  const names = MUTANTS.map(({ name }) => name)
  expect(names.filter((name, at) => names.indexOf(name) !== at)).toEqual([])
})

test('a text that is there twice or not at all is refused', () => {
  const fault = {
    name: 'a fault',
    file: 'lib/client.ts',
    edits: [['a', 'b']],
    tests: [],
  } as const
  expect(plant('x a x', fault)).toBe('x b x')
  expect(() => plant('a a', fault)).toThrow('2 times')
  expect(() => plant('x', fault)).toThrow('0 times')
})
