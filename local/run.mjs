// Plain JavaScript: it runs on a clone with nothing installed but Node and npm, brings
// the installation and the build up to date where the command asks for it, and hands over.
import { spawn } from 'node:child_process'
import { existsSync, mkdirSync, openSync, readFileSync, statSync, writeFileSync } from 'node:fs'
import { readdir } from 'node:fs/promises'
import { join } from 'node:path'
import { fileURLToPath, pathToFileURL } from 'node:url'
import { checkWords } from './words.mjs'

const root = fileURLToPath(new URL('..', import.meta.url))
const [command = '', ...words] = process.argv.slice(2)
process.chdir(root)
process.env.NEXT_TELEMETRY_DISABLED ??= '1'

/** What is common to the Node-only programs; packages stay outside. */
const NODE_PROGRAM = {
  outdir: 'dist',
  bundle: true,
  platform: 'node',
  target: 'node20.9',
  format: 'esm',
  packages: 'external',
  sourcemap: true,
  logLevel: 'warning',
}

const DOCUMENT = 'lib/openapi/openapi.json'

/** Each a program of `bench`; without a name the hosts are compared. */
const BENCHES = [
  ...['soak', 'usage', 'back-pressure', 'scale', 'world', 'keeping', 'month', 'loading', 'pages'],
]

/** What tools say goes here, unless a person wants to see it. */
const LOGS = join('.usher', 'logs')
const SIGNALS = ['SIGINT', 'SIGTERM', 'SIGHUP']
const isVerbose = words.includes('--verbose')

/** Of what a bundle writes the last: it is there when all of it is. */
const BUNDLE = join('dist', 'next-workerd', 'gate.js')

/** A command that needs the packages and a bundle of the sources as they are, and no build. */
const bundled =
  (program, ...first) =>
  async () => {
    await install()
    if (!(await isNewest(BUNDLE))) await bundle()
    await handOver(program, [...first, ...words])
  }

const commands = {
  up: async () => {
    await install()
    if (!(await isBuilt())) await build(isVerbose ? undefined : 'build')
    progress('Loading and starting…')
    await handOver('up.js', words)
  },
  dev: async () => {
    await install()
    await bundle()
    await followDocument()
    await handOver('up.js', ['dev', ...words])
  },
  build: () => build(),
  start: async () => {
    requireBuild(['dist/start.js', '.next/BUILD_ID'])
    await handOver('start.js', ['start', ...words])
  },
  serve: async () => {
    requireBuild(['dist/start.js'])
    await handOver('start.js', ['serve', ...words])
  },
  workerd: async () => {
    requireBuild(['dist/start.js', 'dist/worker.js'])
    await handOver('start.js', ['workerd', ...words])
  },
  'next-workerd': async () => {
    requireBuild(['dist/start.js', 'dist/next-workerd/gate.js', '.next/BUILD_ID'])
    await handOver('start.js', ['next-workerd', ...words])
  },
  new: bundled('new.js'),
  seed: bundled('seed.js'),
  export: bundled('export.js'),
  'check-data': bundled('check-data.js'),
  bundle,
  openapi: async () => {
    await install()
    await makeDocument()
    const [file] = words
    if (file === undefined) process.stdout.write(readFileSync(DOCUMENT))
    else writeFileSync(file, readFileSync(DOCUMENT))
  },
  client: bundled('client.js'),
  screenshots: async () => {
    await install()
    if (!(await isBuilt())) await build()
    await handOver('screenshots.js', words)
  },
  'common-passwords': bundled('common-passwords.js'),
  users: bundled('users.js'),
  backup: bundled('backup.js', 'backup'),
  restore: bundled('backup.js', 'restore'),
  blocks: bundled('blocks.js'),
  bench: async () => {
    if (!existsSync('bench')) {
      console.error('The benchmark went out with the demo: it measures the demo alone.')
      process.exit(2)
    }
    await install()
    if (!(await isBuilt())) await build()
    const [name = ''] = words
    if (BENCHES.includes(name)) {
      await handOver(`${name}.js`, words)
      return
    }
    if (name !== '' && !name.startsWith('--')) {
      console.error(`npm run bench -- [${BENCHES.join('|')}] [--help]`)
      process.exit(2)
    }
    if (!words.includes('--help')) await install('bench')
    await handOver('compare.js', words)
  },
  mutants: async () => {
    if (!existsSync('local/mutants.ts')) {
      console.error('The planted faults went out with the demo: they are found by its tests.')
      process.exit(2)
    }
    await bundled('mutants.js')()
  },
  'deploy-check': async () => {
    await install()
    await bundle()
    // Its only word is --help, and saying what a command does needs no packages.
    if (words.length === 0) await install('deploy')
    await handOver('deploy-check.js', words)
  },
  init: bundled('init.js'),
  upgrade: bundled('upgrade.js'),
  test: bundled('test.js'),
}

if (!Object.hasOwn(commands, command)) {
  console.error(`node local/run.mjs <${Object.keys(commands).join('|')}>`)
  process.exit(2)
}
checkWords(command, words)
followNpm()
await commands[command]()

/**
 * Installs from the lock file when what is installed is not what it says. npm's errors are shown;
 * what packages of packages warn of is not for whoever runs this.
 */
async function install(folder = '.') {
  const installed = join(folder, 'node_modules', '.package-lock.json')
  const lock = join(folder, 'package-lock.json')
  if (existsSync(installed) && statSync(installed).mtimeMs >= statSync(lock).mtimeMs) return
  progress(`Installing the packages${folder === '.' ? '' : ` of ${folder}/`}…`)
  const args = ['ci', '--include=dev', '--no-audit', '--no-fund', '--loglevel=error']
  await execute('npm', args, { cwd: folder, log: isVerbose ? undefined : 'install' })
  progress('')
}

/** @param log Where Next's words go, a name in `.usher/logs`; undefined for the screen. */
async function build(log) {
  progress('Building…')
  await makeDocument()
  const next = join('node_modules', 'next', 'dist', 'bin', 'next')
  if (log === undefined) progress('')
  await execute(process.execPath, [next, 'build'], { log })
  await bundle()
  progress('')
}

/** Says on one line of a terminal what is going on; '' clears it. A pipe gets nothing. */
function progress(text) {
  if (process.stdout.isTTY) process.stdout.write(`\r\x1b[K${text}`)
}

/** Makes the OpenAPI document of the sources as they are, before anything is built that serves it. */
async function makeDocument() {
  // What describes the API serves the document, too: its import must lead somewhere.
  if (!existsSync(DOCUMENT)) writeFileSync(DOCUMENT, '{}\n')
  const { build: esbuild } = await import('esbuild')
  await esbuild({ ...NODE_PROGRAM, entryPoints: { openapi: 'local/openapi.ts' } })
  await writeDocument()
}

/**
 * Makes the document anew whenever a source of it changes: a new collection is in it at once, as
 * Next's development server serves it at once.
 */
async function followDocument() {
  const { context } = await import('esbuild')
  const setup = ({ onEnd }) =>
    onEnd(async ({ errors }) => {
      if (errors.length > 0) return
      // A declaration that cannot be is said here, and mended while this goes on.
      await writeDocument().catch((error) => console.error(error.message))
    })
  const program = { ...NODE_PROGRAM, entryPoints: { openapi: 'local/openapi.ts' } }
  const sources = await context({ ...program, plugins: [{ name: 'document', setup }] })
  await sources.watch()
}

/** Runs the program that describes the API, as it is now. */
async function writeDocument() {
  const program = pathToFileURL(join(root, 'dist', 'openapi.js')).href
  const { text } = await import(`${program}?${statSync(join('dist', 'openapi.js')).mtimeMs}`)
  // One that is the same keeps its time: a build that is newer stays good.
  if (readFileSync(DOCUMENT, 'utf8') !== text) writeFileSync(DOCUMENT, text)
}

async function bundle() {
  await makeDocument()
  const { build: esbuild } = await import('esbuild')
  const programs = {
    start: 'local/start.ts',
    'hashing-thread': 'local/hashing-thread.ts',
    'pages-thread': 'local/pages-thread.ts',
    up: 'local/up.ts',
    new: 'seed/new/cli.ts',
    seed: 'seed/cli.ts',
    export: 'seed/export/cli.ts',
    'check-data': 'seed/check-data/cli.ts',
    test: 'local/test.ts',
    init: 'local/init.ts',
    upgrade: 'local/upgrade.ts',
    mutants: 'local/mutants.ts',
    users: 'local/users.ts',
    backup: 'local/backup/cli.ts',
    blocks: 'local/blocks.ts',
    'deploy-check': 'local/deploy-check.ts',
    client: 'local/client.ts',
    screenshots: 'local/screenshots.ts',
    'common-passwords': 'local/common-passwords.ts',
    soak: 'bench/soak.ts',
    usage: 'bench/usage.ts',
    'back-pressure': 'bench/back-pressure.ts',
    scale: 'bench/scale.ts',
    world: 'bench/world.ts',
    keeping: 'bench/keeping.ts',
    month: 'bench/month.ts',
    loading: 'bench/loading.ts',
    pages: 'bench/pages.ts',
    compare: 'bench/compare.ts',
    'bench-gateway': 'bench/gateway.ts',
    'bench-delay': 'bench/delay.ts',
    'bench-rest-call': 'bench/rest-call.ts',
  }
  // Some go out with the demo.
  const present = Object.entries(programs).filter(([, file]) => existsSync(file))
  await esbuild({
    ...NODE_PROGRAM,
    entryPoints: Object.fromEntries(present),
  })
  await esbuild({
    entryPoints: { worker: 'lib/worker.ts' },
    outdir: 'dist',
    bundle: true,
    platform: 'browser',
    target: 'es2024',
    format: 'esm',
    conditions: ['workerd', 'worker'],
    minify: true,
    sourcemap: true,
    logLevel: 'warning',
  })
  await esbuild({
    entryPoints: ['local/next-workerd/gate.ts', 'local/next-workerd/functions.ts'],
    outdir: 'dist/next-workerd',
    bundle: true,
    platform: 'browser',
    target: 'es2024',
    format: 'esm',
    external: ['node:async_hooks'],
    logLevel: 'warning',
  })
}

function isBuilt() {
  return isNewest(BUNDLE, '.next/BUILD_ID')
}

/** Whether what was made is there, and newer than every source file. */
async function isNewest(...made) {
  if (!made.every((file) => existsSync(file))) return false
  const madeAt = Math.min(...made.map((file) => statSync(file).mtimeMs))
  const sources = ['app', 'demo', 'lib', 'local', 'seed'].filter((folder) => existsSync(folder))
  const gate = existsSync('proxy.ts') ? 'proxy.ts' : 'middleware.ts'
  const files = ['.browserslistrc', gate, 'next.config.ts', 'package.json', 'package-lock.json']
  // A folder's own time tells of a file that is gone.
  files.push(...sources)
  for (const folder of sources) {
    for (const entry of await readdir(folder, { recursive: true })) files.push(join(folder, entry))
  }
  // The rest of that folder is peers, their packages and what was measured: no part of the build.
  for (const folder of existsSync('bench') ? ['bench', join('bench', 'world')] : []) {
    for (const entry of await readdir(folder)) {
      if (entry.endsWith('.ts')) files.push(join(folder, entry))
    }
  }
  return files.every((file) => statSync(file).mtimeMs <= madeAt)
}

function requireBuild(files) {
  if (files.every((file) => existsSync(file))) return
  console.error(
    'There is no build: run `npm run build` first, or `npm run up` for everything at once.',
  )
  process.exit(1)
}

async function handOver(file, args) {
  process.argv = [process.execPath, join(root, 'dist', file), ...args]
  await import(pathToFileURL(join(root, 'dist', file)).href)
}

/**
 * Runs a program to its end; a signal that ends this process ends it too.
 *
 * @param log What it says goes to this file of `.usher/logs`, which is named when it fails.
 */
async function execute(program, args, { cwd = '.', log } = {}) {
  const file = log === undefined ? undefined : join(LOGS, `${log}.log`)
  // The folder above holds secrets, too.
  if (file !== undefined) mkdirSync(LOGS, { recursive: true, mode: 0o700 })
  const output = file === undefined ? 'inherit' : openSync(file, 'w')
  const child = spawn(program, args, { cwd, stdio: ['inherit', output, output] })
  let stopped = false
  const stop = (signal) => {
    stopped = true
    child.kill(signal)
  }
  for (const signal of SIGNALS) process.on(signal, stop)
  const { code, error } = await new Promise((resolve) => {
    child.once('error', (fault) => resolve({ code: 1, error: fault }))
    child.once('exit', (status) => resolve({ code: status ?? 130 }))
  })
  for (const signal of SIGNALS) process.off(signal, stop)
  if (code === 0) return
  progress('')
  if (stopped) process.exit(130)
  if (error !== undefined) console.error(`${program} cannot be run: ${error.message}`)
  else if (file !== undefined) {
    console.error(`${[program, ...args].join(' ')} failed; what it says: ${file}`)
  }
  process.exit(code)
}

/**
 * Ends this process when npm is gone: npm passes a signal to the shell that it started, and the
 * shell does not pass it on.
 */
function followNpm() {
  if (process.env.npm_lifecycle_event === undefined) return
  const parent = process.ppid
  const watch = setInterval(() => {
    if (process.ppid !== parent) process.kill(process.pid, 'SIGTERM')
  }, 250)
  watch.unref()
  for (const signal of SIGNALS) {
    process.once(signal, () => {
      // Its own or one that all got, as from a supervisor: a second would cut the requests that are still running.
      clearInterval(watch)
      // What nobody else takes ends the process, as if this were not here.
      if (process.listenerCount(signal) === 0) process.kill(process.pid, signal)
    })
  }
}
