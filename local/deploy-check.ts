import { type ChildProcess, spawn, spawnSync } from 'node:child_process'
import { existsSync } from 'node:fs'
import { copyFile, mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { dirname, join, resolve } from 'node:path'
import { parseArgs } from 'node:util'
import { type DeployReport, readDeployOutput } from './deploy-output.ts'
import { mirror } from './project-copy.ts'

const HELP = `Builds the project as Vercel would, and checks what would be deployed.

  npm run deploy:check

A copy of the project's files, in a temporary folder, is built by \`vercel build\`. Every operation of
the API and the middleware must come out as an edge function, and nothing else below the API's
paths; a table lists them all. Ends with 0 or 1. It signs in nowhere and deploys nothing: the network
is needed once, for the packages of deploy/.
`

/** What the project has on Vercel; the packages are there already, so nothing is installed. */
const PROJECT = {
  projectId: 'prj_local',
  orgId: 'team_local',
  settings: { framework: 'nextjs', nodeVersion: '24.x', installCommand: '' },
}

/** What kept the check from checking, in a sentence for the operator. */
class Refused extends Error {}

const stop = new AbortController()
let vercel: ChildProcess | undefined

async function check(temporary: string): Promise<number> {
  const project = join(temporary, 'project')
  await copyProject(project)
  await mirror('node_modules', join(project, 'node_modules'), stop.signal)
  await mkdir(join(project, '.vercel'))
  await writeFile(join(project, '.vercel', 'project.json'), JSON.stringify(PROJECT))
  console.log('Building as Vercel would: a minute or two…')
  await build(project, join(temporary, 'home'))
  const report = readDeployOutput(join(project, '.vercel', 'output'))
  print(report)
  return report.faults.length === 0 ? 0 : 1
}

/** The files that git knows or would add, as they are now. */
async function copyProject(project: string): Promise<void> {
  const list = ['ls-files', '-z', '--cached', '--others', '--exclude-standard']
  const { status, stdout } = spawnSync('git', list, { encoding: 'utf8' })
  if (status !== 0) throw new Refused('git must be here: it says which files are the project’s.')
  for (const file of new Set(stdout.split('\0'))) {
    if (file === '' || !existsSync(file)) continue
    const target = join(project, file)
    await mkdir(dirname(target), { recursive: true })
    await copyFile(file, target)
  }
}

/**
 * Runs `vercel build` with a home of its own and no variable of this shell: neither a login nor a
 * secret can be what makes it work.
 */
async function build(project: string, home: string): Promise<void> {
  await mkdir(home)
  stop.signal.throwIfAborted()
  const program = resolve('deploy', 'node_modules', 'vercel', 'dist', 'vc.js')
  const child = spawn(process.execPath, [program, 'build', '--prod', '--yes', '--token=none'], {
    cwd: project,
    env: {
      PATH: process.env['PATH'],
      TMPDIR: tmpdir(),
      HOME: home,
      NODE_ENV: 'production',
      NEXT_TELEMETRY_DISABLED: '1',
      VERCEL_TELEMETRY_DISABLED: '1',
      NO_UPDATE_NOTIFIER: '1',
    },
    stdio: ['ignore', 'pipe', 'pipe'],
    // A group of its own: a signal ends the build with all its workers.
    detached: true,
  })
  vercel = child
  const said: Buffer[] = []
  child.stdout.on('data', (chunk: Buffer) => said.push(chunk))
  child.stderr.on('data', (chunk: Buffer) => said.push(chunk))
  const code = await new Promise<number | null>((done, reject) => {
    child.once('error', reject)
    child.once('close', done)
  })
  vercel = undefined
  stop.signal.throwIfAborted()
  if (code === 0) return
  process.stderr.write(Buffer.concat(said))
  throw new Refused('`vercel build` failed.')
}

function print({ functions, faults }: DeployReport): void {
  const order = ['middleware', 'operation', 'unknown', 'page']
  const rows = functions
    .toSorted((a, b) => order.indexOf(a.kind) - order.indexOf(b.kind))
    .map(({ name, runtime, gzipKb, kind }) => [
      kind === 'page' || kind === 'unknown' ? `${name} (${kind})` : name,
      runtime,
      gzipKb === undefined ? '' : `${gzipKb.toFixed(0)} KB`,
    ])
  const table = [['function', 'runtime', 'gzip'], ...rows]
  const width = (column: number): number =>
    Math.max(...table.map((row) => row[column]?.length ?? 0))
  const [names, runtimes, sizes] = [width(0), width(1), width(2)]
  for (const [name = '', runtime = '', size = ''] of table) {
    console.log(`${name.padEnd(names)}  ${runtime.padEnd(runtimes)}  ${size.padStart(sizes)}`)
  }
  const operations = functions.filter(({ kind }) => kind === 'operation')
  if (faults.length > 0) console.error(`\n${faults.join('\n')}`)
  else
    console.log(
      `\nThe middleware and all ${operations.length} functions of the API run at the edge.`,
    )
}

async function main(): Promise<number> {
  const { values } = parseArgs({ options: { help: { type: 'boolean', short: 'h' } } })
  if (values.help) {
    console.log(HELP)
    return 0
  }
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) {
    process.on(signal, () => {
      stop.abort()
      try {
        if (vercel?.pid !== undefined) process.kill(-vercel.pid, 'SIGKILL')
      } catch {
        // It has just ended by itself.
      }
    })
  }
  const temporary = await mkdtemp(join(tmpdir(), 'usher-deploy-'))
  try {
    return await check(temporary)
  } catch (error) {
    if (stop.signal.aborted) return 130
    if (!(error instanceof Refused)) throw error
    console.error(error.message)
    return 1
  } finally {
    await rm(temporary, { recursive: true, force: true, maxRetries: 3 })
  }
}

main().then(
  (code) => process.exit(code),
  (error: unknown) => {
    const isMisuse = error instanceof TypeError && 'code' in error
    console.error(isMisuse ? `${error.message}\n\n${HELP}` : error)
    process.exit(isMisuse ? 2 : 1)
  },
)
