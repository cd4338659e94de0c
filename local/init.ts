import { execFileSync } from 'node:child_process'
import { readFileSync, writeFileSync } from 'node:fs'
import { git, hasDemo, removeDemo } from './demo-parts.ts'
import { parseWords } from './parse-words.ts'

const HELP = `Makes this clone yours: takes the demo out and writes your name.

  npm run init -- --name "Star Catalogue"

  --name <name>   what your API is called: on its pages, in its document, in package.json
  --force         also where git has changes that are not committed, or there is no git

The demo's collections, their rows, the paths below /v1, the benchmark and the tests that ask for any of
them go. docs/ stays: docs/upgrading.md says which files are yours from then on.
`

/** What a publisher's own files hold when nothing is in them yet. */
const EMPTY: Readonly<Record<string, string>> = {
  'lib/collections/index.ts': `// The registry: every collection there is, a line each.
export {}
`,
  'lib/collections/older-paths.ts': `/** Paths of an API that was here before: the same operations under them, for clients that still ask there. */
export const olderPaths = {} as const satisfies Record<string, readonly \`/\${string}\`[]>
`,
  'seed/samples.ts': `import type { Sample, Source } from './sample-types.ts'

/** What \`npm run up\` puts into an empty store of this machine, and \`npm run seed -- --demo\` elsewhere. */
export const samples: readonly Sample[] = []

/** What \`npm run seed -- --from <name>\` loads. */
export const sources: Readonly<Record<string, Source>> = {}
`,
}

function main(): number {
  const options = {
    name: { type: 'string' },
    force: { type: 'boolean', default: false },
    help: { type: 'boolean', short: 'h', default: false },
  } as const
  const read = parseWords({ options }, HELP)
  if (read === undefined) return 2
  const { values } = read
  if (values.help) {
    console.log(HELP)
    return 0
  }
  if (!hasDemo()) {
    console.log('The demo is out already, and nothing was changed. The name is in lib/name.ts.')
    return 0
  }
  const name = values.name?.trim() ?? ''
  const slug = slugOf(name)
  if (slug === '' || /[\p{Cc}'\\<>&]/u.test(name)) {
    console.error(
      `--name takes a name with a letter or digit of ASCII, and without ' \\ < > &: --name "Star Catalogue".`,
    )
    return 2
  }
  const changes = git('status', '--porcelain')
  if (changes !== '' && !values.force) {
    const why =
      changes === undefined ? 'This is no git repository' : 'There are changes that no commit has'
    console.error(
      `${why}: what is taken out could not be brought back. Commit first, or add --force.`,
    )
    return 1
  }
  become(name, slug)
  console.log(`This is ${name} now. The demo is out: its collections, rows, paths below /v1, benchmark and tests.
Next:
  1. git add -A && git commit -m "This is ${name}"
  2. a collection: npm run new -- <file of data>; or a file in lib/collections, and its line in lib/collections/index.ts
  3. npm run build && npm test -- unit && npm run up
docs/upgrading.md says which files are yours, and how a new version of Usher comes in.`)
  return 0
}

function become(name: string, slug: string): void {
  for (const [file, text] of Object.entries(EMPTY)) writeFileSync(file, text)
  replace('lib/name.ts', /NAME = '.*'/, `NAME = '${name}'`)
  replace('package.json', /"name": ".*"/, `"name": "${slug}"`)
  writeFileSync('README.md', readmeOf(name))
  // Files that are the publisher's stay as they are when a new version is merged: see .gitattributes.
  git('config', 'merge.publisher.driver', 'true')
  removeDemo()
  execFileSync(process.execPath, ['local/run.mjs', 'openapi'], { stdio: 'ignore' })
}

/** A name as npm takes it: small letters, digits and hyphens. */
function slugOf(name: string): string {
  const plain = name.normalize('NFKD').replace(/\p{M}/gu, '').toLowerCase()
  return plain.replace(/[^a-z0-9]+/g, '-').replace(/^-|-$/g, '')
}

function replace(file: string, from: RegExp, to: string): void {
  writeFileSync(
    file,
    readFileSync(file, 'utf8').replace(from, () => to),
  )
}

function readmeOf(name: string): string {
  return `# ${name}

An authenticated, rate-limited API, made with Usher.

- \`npm run up\`: builds, starts a local store and serves on http://localhost:3000
- \`npm run new -- <file>\`: makes a collection of a file of data, and loads its rows
- \`npm test\`: all tests; \`npm test -- unit\`: those that need no server
- \`npm run build\` and \`npm start\`: the same in production; \`.env.example\` has every setting

What it serves is in \`lib/collections\`. \`docs/\` is Usher's: begin with \`docs/upgrading.md\` and
\`docs/hosting.md\`.
`
}

process.exitCode = main()
