import { execFileSync } from 'node:child_process'
import { existsSync, readFileSync } from 'node:fs'
import { expect, test } from '@playwright/test'
import { allCollections } from '../lib/items/registry.ts'
import { PARTS_FILE, partsIn } from '../local/demo-parts.ts'

const DEMO = ['books', 'movies', 'reviews']
/** What `init` writes anew, and pages for people. */
const OWN =
  /^(lib\/collections\/(index|older-paths)\.ts|seed\/samples\.ts|package(-lock)?\.json|.*\.md)$/

const parts = partsIn(readFileSync(PARTS_FILE, 'utf8'))
const isPart = (file: string): boolean =>
  parts.some((part) => (part.endsWith('/') ? file.startsWith(part) : file === part))

test('nothing but the demo and its tests names what init takes out', () => {
  const listed = execFileSync('git', ['ls-files', '-co', '--exclude-standard'], {
    encoding: 'utf8',
  })
  const prefixes = allCollections()
    .filter(({ name }) => DEMO.includes(name))
    .map(({ prefix }) => prefix)
  expect(prefixes).toHaveLength(DEMO.length)
  const named = new RegExp(`\\b(${DEMO.join('|')})\\b|\\b(${prefixes.join('|')})|/v1/`)
  const naming = listed.split('\n').filter((file) => {
    if (file === '' || isPart(file) || OWN.test(file) || !existsSync(file)) return false
    return /^(test\/vectors|\.)/.test(file) ? false : named.test(readFileSync(file, 'utf8'))
  })
  expect(naming).toEqual([])
})

test('every part that init takes out is there', () => {
  expect(parts.filter((part) => !existsSync(part))).toEqual([])
})
