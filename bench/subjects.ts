import { spawn, spawnSync } from 'node:child_process'
import { closeSync, mkdtempSync, openSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { freePort, type Program } from '../test/support/processes.ts'

/**
 * `usher` reaches its store over REST, as the `rest` peers do; `direct` is Usher on the Redis itself, as the
 * `tcp` peers are; `empty` asks no store.
 */
export type Kind = 'usher' | 'direct' | 'rest' | 'tcp' | 'pages' | 'empty'

/** A program that does the job, or does nothing. */
export interface Subject {
  name: string
  kind: Kind
  args: (port: number) => string[]
  /** The command of `local/run.mjs`, of Usher's hosts. */
  command?: string
}

const next = join('bench', 'node_modules', 'next', 'dist', 'bin', 'next')
const peers = join('bench', 'peers')

const usher = (name: string, command: string, kind: 'usher' | 'direct' = 'usher'): Subject => ({
  name,
  kind,
  command,
  args: () => ['local/run.mjs', command],
})
const peer = (name: string, kind: 'rest' | 'tcp'): Subject => ({
  name,
  kind,
  args: () => [join(peers, `${name}.mjs`)],
})
const app = (name: string, kind: 'pages' | 'empty'): Subject => ({
  name,
  kind,
  args: (port) => [next, 'start', join(peers, name), '-H', '127.0.0.1', '-p', String(port)],
})

/**
 * Everything that is measured. A runtime that is not Node (Bun, Deno) is one more row of Usher, with a
 * command of `local/run.mjs` that starts it.
 */
export const SUBJECTS: readonly Subject[] = [
  usher('workerd', 'workerd'),
  usher('next-workerd', 'next-workerd'),
  usher('node', 'serve'),
  usher('node-direct', 'serve', 'direct'),
  usher('next-start', 'start'),
  peer('hono-rest', 'rest'),
  peer('fastify-rest', 'rest'),
  peer('express-rest', 'rest'),
  app('pages', 'pages'),
  peer('fastify-tcp', 'tcp'),
  peer('express-tcp', 'tcp'),
  app('empty', 'empty'),
]

/** The Next apps among the peers, which are built before they are started. */
export const NEXT_PEERS = ['pages', 'empty'].map((name) => ({ next, folder: join(peers, name) }))

export interface Running {
  subject: Subject
  origin: string
  program: Program
  /** From the start of the process to its word that it listens. */
  startedInMs: number
}

/** Whether it speaks to the Redis itself. */
export function isDirect({ kind }: Subject): boolean {
  return kind === 'direct' || kind === 'tcp'
}

/** Whether the subject can be started here: a host that `local/run.mjs` does not know is not. */
export function isAvailable(subject: Subject): boolean {
  return subject.command === undefined || runCommands().includes(subject.command)
}

let known: string[] | undefined

function runCommands(): string[] {
  if (known === undefined) {
    const usage = spawnSync(process.execPath, ['local/run.mjs'], { encoding: 'utf8' }).stderr
    known = /<(.*)>/.exec(usage)?.[1]?.split('|') ?? []
  }
  return known
}

/** Starts a subject and waits until it listens. */
export async function start(
  subject: Subject,
  environment: Record<string, string>,
  port?: number,
): Promise<Running> {
  const chosen = port ?? (await freePort())
  const origin = `http://127.0.0.1:${chosen}`
  // Who goes through the gateway does not see the Redis behind it.
  const { REDIS_URL, UPSTASH_REDIS_REST_URL, UPSTASH_REDIS_REST_TOKEN, ...others } = environment
  const variables = {
    PATH: process.env['PATH'],
    NEXT_TELEMETRY_DISABLED: '1',
    ...others,
    ...(isDirect(subject) ? { REDIS_URL } : { UPSTASH_REDIS_REST_URL, UPSTASH_REDIS_REST_TOKEN }),
    PORT: String(chosen),
  }
  const before = performance.now()
  const program = await startLogged(process.execPath, subject.args(chosen), variables)
  return { subject, origin, program, startedInMs: performance.now() - before }
}

/**
 * Starts a program that writes to a file. A pipe would be read by the load generator: Node and
 * `workerd` wait while it is full, and who writes a line a request would be measured by its reader.
 */
async function startLogged(
  command: string,
  args: readonly string[],
  environment: Record<string, string | undefined>,
): Promise<Program> {
  const folder = mkdtempSync(join(tmpdir(), 'usher-bench-'))
  const file = join(folder, 'output')
  const descriptor = openSync(file, 'w')
  const child = spawn(command, args, {
    env: { NODE_ENV: 'production', ...environment },
    stdio: ['ignore', descriptor, descriptor],
  })
  closeSync(descriptor)
  const exited = new Promise<number | null>((resolve) => child.once('exit', resolve))
  const output = (): string => readFileSync(file, 'utf8')
  while (!/listens on|Ready in/.test(output())) {
    const ended = child.exitCode !== null || child.signalCode !== null
    if (ended) throw new Error(`${command} ${args.join(' ')} ended:\n${output()}`)
    await new Promise((resolve) => setTimeout(resolve, 10))
  }
  return {
    process: child,
    output,
    stop: async () => {
      child.kill('SIGTERM')
      const code = await exited
      rmSync(folder, { recursive: true, force: true })
      return code
    },
  }
}
