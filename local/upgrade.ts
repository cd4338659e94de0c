import { execFileSync } from 'node:child_process'
import { git, hasDemo, PARTS_FILE, partsIn } from './demo-parts.ts'
import { parseWords } from './parse-words.ts'

const HELP = `Merges another version of Usher into this clone.

  git remote add usher <where Usher is>     once
  git fetch usher --tags
  npm run upgrade -- v0.3.0                 a tag, a branch or a commit

Your files stay as they are, and what \`npm run init\` took out stays out. A conflict that is left is one
of a file that you and Usher both changed; git names it, and \`git merge --abort\` takes all back.
CHANGELOG.md says what to do for each version.
`

function main(): number {
  const options = { help: { type: 'boolean', short: 'h', default: false } } as const
  const read = parseWords({ allowPositionals: true, options }, HELP)
  if (read === undefined) return 2
  const { values, positionals } = read
  const [version] = positionals
  if (values.help) {
    console.log(HELP)
    return 0
  }
  if (version === undefined || positionals.length > 1 || version.startsWith('-')) {
    console.error(`Name one version.\n\n${HELP}`)
    return 2
  }
  if (git('rev-parse', '--verify', `${version}^{commit}`) === undefined) {
    console.error(`git knows no ${version} here: fetch it first.`)
    return 2
  }
  if (git('status', '--porcelain') !== '') {
    console.error('There are changes that no commit has: commit them first.')
    return 1
  }
  return merge(version)
}

function merge(version: string): number {
  const demoIsOut = !hasDemo()
  // The publisher's files stay as they are: .gitattributes names them.
  const driver = demoIsOut ? ['-c', 'merge.publisher.driver=true'] : []
  // It ends with 1 when there are conflicts; those of the demo are settled below.
  git(...driver, 'merge', '--no-commit', '--no-ff', version)
  if (git('rev-parse', '--verify', 'MERGE_HEAD') === undefined) {
    console.log(`Nothing was merged: git merge ${version} says why, or it is in already.`)
    return git('merge-base', '--is-ancestor', version, 'HEAD') === undefined ? 1 : 0
  }
  if (demoIsOut) keepOut(version)
  const left = git('diff', '--name-only', '--diff-filter=U')
  if (left !== '') {
    console.error(`Left for you to settle, then git commit:\n${left ?? 'git status names them'}`)
    return 1
  }
  execFileSync(process.execPath, ['local/run.mjs', 'openapi'], { stdio: 'ignore' })
  if (git('commit', '--no-edit') === undefined) {
    console.error('git did not commit: run git commit to see why.')
    return 1
  }
  console.log(`${version} is in. Read CHANGELOG.md, then: npm run build && npm test -- unit`)
  return 0
}

/** Takes out what the version has of the demo, files that are new in it too. */
function keepOut(version: string): void {
  const parts = partsIn(git('show', `${version}:${PARTS_FILE}`) ?? '')
  if (parts.length > 0) git('rm', '-r', '-f', '-q', '--ignore-unmatch', '--', ...parts)
}

process.exitCode = main()
