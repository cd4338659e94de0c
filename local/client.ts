import { spawnSync } from 'node:child_process'
import { mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { dirname, join, relative } from 'node:path'
import { allCollections } from '../lib/items/registry.ts'
import { clientTypes } from './client-types.ts'

/** `npm run client`: packs the client of this API for others to install. */
const FOLDER = join('dist', 'client')
const PACKAGE = join(FOLDER, 'package')
const DECLARATIONS = join(FOLDER, 'declarations')

const file = await pack()
console.log(`${file}\nInstall it elsewhere: npm i <path>/${file}`)

async function pack(): Promise<string> {
  const own: { name: string; version: string; license?: string } = JSON.parse(
    readFileSync('package.json', 'utf8'),
  )
  const name = `${own.name}-client`
  rmSync(FOLDER, { recursive: true, force: true })
  mkdirSync(PACKAGE, { recursive: true })
  await bundle()
  declare()
  const manifest = {
    name,
    version: own.version,
    ...(own.license === undefined ? {} : { license: own.license }),
    description: `A client of the API ${own.name}, over fetch alone`,
    type: 'module',
    sideEffects: false,
    exports: { '.': { types: './types/client.d.ts', default: './client.js' } },
    types: './types/client.d.ts',
    files: ['client.js', 'types'],
    engines: { node: '>=20.9.0' },
  }
  writeFileSync(join(PACKAGE, 'package.json'), `${JSON.stringify(manifest, null, 2)}\n`)
  writeFileSync(join(PACKAGE, 'README.md'), readme(name))
  run('npm', ['pack', `./${PACKAGE}`, '--pack-destination', FOLDER, '--silent'])
  return join(FOLDER, `${name.replace(/^@/, '').replace('/', '-')}-${own.version}.tgz`)
}

async function bundle(): Promise<void> {
  // A development dependency, as TypeScript is: what is built does not need it.
  const { build } = await import('esbuild')
  await build({
    entryPoints: ['lib/client.ts'],
    outfile: join(PACKAGE, 'client.js'),
    bundle: true,
    platform: 'neutral',
    target: 'es2022',
    format: 'esm',
    logLevel: 'warning',
  })
}

/**
 * Writes the declarations of the client and of what they name. Those of the collections are made here:
 * in this repository they come from the registry, which others do not have.
 */
function declare(): void {
  const config = {
    extends: '../../tsconfig.json',
    files: ['../../lib/client.ts'],
    include: [],
    compilerOptions: {
      noEmit: false,
      declaration: true,
      emitDeclarationOnly: true,
      incremental: false,
      rootDir: '../../lib',
      outDir: 'declarations',
      types: [],
      plugins: [],
    },
  }
  const file = join(FOLDER, 'tsconfig.json')
  writeFileSync(file, JSON.stringify(config))
  run(join('node_modules', '.bin', 'tsc'), ['--project', file])
  writeFileSync(join(DECLARATIONS, 'client', 'items.d.ts'), clientTypes(allCollections()))
  copyDeclarations(join(DECLARATIONS, 'client.d.ts'), new Set())
}

/** Copies a declaration and those that it imports; a compiler of others finds them by `.js`. */
function copyDeclarations(file: string, copied: Set<string>): void {
  if (copied.has(file)) return
  copied.add(file)
  const text = readFileSync(file, 'utf8')
  const target = join(PACKAGE, 'types', relative(DECLARATIONS, file))
  mkdirSync(dirname(target), { recursive: true })
  writeFileSync(target, text.replace(/(from '\.[^']*)\.ts'/g, "$1.js'"))
  for (const [, path = ''] of text.matchAll(/from '(\.[^']*)\.ts'/g)) {
    copyDeclarations(join(dirname(file), `${path}.d.ts`), copied)
  }
}

/** Ends the process with what a tool says when it fails. */
function run(command: string, args: string[]): void {
  const { status, stdout, stderr, error } = spawnSync(command, args, { encoding: 'utf8' })
  if (status === 0) return
  console.error(error?.message ?? `${stdout}${stderr}`)
  process.exit(1)
}

function readme(name: string): string {
  const collections = allCollections()
  const [first] = collections
  if (first === undefined) throw new TypeError('an API without a collection needs no client')
  const signIn = `await api.signIn('you@example.com', 'your password')\n`
  return `# ${name}

A client over \`fetch\` alone, for Node 20.9 and newer, browsers and the edge. It renews the access token,
waits out \`Retry-After\`, and repeats only what may be repeated.

\`\`\`ts
import { UsherClient } from '${name}'

const api = new UsherClient({ url: '${process.env['APP_ORIGIN'] || 'http://localhost:3000'}' })
${first.access.list === 'public' ? '' : signIn}for await (const item of api.items('${first.name}', { limit: 5 })) console.log(item)
\`\`\`

The collections: ${collections.map((collection) => `\`${collection.name}\``).join(', ')}. Each has \`get\`, \`page\`, \`items\`, \`create\`, \`replace\`, \`patch\`,
\`delete\` and \`batch\`; the API's \`/api/openapi.json\` says who may do what.

- \`credential\`: \`{ tokens }\`, where tokens are kept (the default: in memory); \`'cookies'\`, for pages of the API's own
  origin; or \`{ apiKey }\`.
- \`onThrottled\` is told of every 429, with the wait that it asks for. \`longestWait\` (60 seconds) says how long the
  client waits by itself.
- \`signal\` ends everything that the client does; each call takes one of its own: \`api.get('${first.name}', id, { signal })\`.
- \`api.lastQuota\` is what was left of the quotas at the last answer: \`[{ policy, remaining, resetSeconds }]\`.
- A failure that the API names is an \`UsherProblem\` with its \`code\`; an answer that is not the API's an
  \`UnexpectedAnswer\`.
`
}
