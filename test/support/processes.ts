import { type ChildProcess, spawn } from 'node:child_process'
import { randomInt } from 'node:crypto'
import { once } from 'node:events'
import { createServer } from 'node:net'

type Variables = Readonly<Record<string, string | undefined>>

/** Where a program runs, and as whom; here and as this user, if not told. */
export interface Place {
  cwd?: string
  uid?: number
  /** In a group of processes of its own, which a signal can be sent to as a whole. */
  detached?: boolean
}

/** A program that a test started; it is ended by its id, with the test. */
export interface Program {
  process: ChildProcess
  /** Everything it wrote so far. */
  output: () => string
  stop(): Promise<number | null>
}

/** Starts a program and waits until its output matches; rejects when it ends before. */
export async function startProgram(
  command: string,
  args: readonly string[],
  env: Variables,
  ready: RegExp,
  place: Place = {},
): Promise<Program> {
  const child = spawn(command, args, {
    ...place,
    env: { NODE_ENV: 'production', ...env },
    stdio: ['ignore', 'pipe', 'pipe'],
  })
  let output = ''
  const exited = new Promise<number | null>((resolve) => child.once('exit', resolve))
  const isReady = new Promise<void>((resolve, reject) => {
    const collect = (chunk: Buffer): void => {
      output += chunk
      if (ready.test(output)) resolve()
    }
    child.stdout.on('data', collect)
    child.stderr.on('data', collect)
    child.once('error', reject)
    child.once('exit', (code) => reject(new Error(`${command} ended with ${code}:\n${output}`)))
  })
  await isReady
  return {
    process: child,
    output: () => output,
    stop: async () => {
      child.kill('SIGTERM')
      return exited
    },
  }
}

/** Runs a program to its end. */
export async function runProgram(
  command: string,
  args: readonly string[],
  env: Variables,
  place: Place = {},
): Promise<{ code: number | null; output: string }> {
  const child = spawn(command, args, {
    ...place,
    env: { NODE_ENV: 'production', ...env },
    stdio: ['ignore', 'pipe', 'pipe'],
  })
  let output = ''
  child.stdout.on('data', (chunk) => {
    output += chunk
  })
  child.stderr.on('data', (chunk) => {
    output += chunk
  })
  const code = await new Promise<number | null>((resolve, reject) => {
    child.once('error', reject)
    child.once('close', resolve)
  })
  return { code, output }
}

const FIRST_PORT = 20_000
const PORTS_OF_A_WORKER = 1_500
let nextPort = randomInt(PORTS_OF_A_WORKER)

/**
 * A port that is free. Each worker of the tests has a range of its own, below the ports that systems
 * give to connections: nobody takes it between this and its use.
 */
export async function freePort(): Promise<number> {
  const worker = Number(process.env['TEST_PARALLEL_INDEX'] ?? 0)
  for (let tried = 0; tried < PORTS_OF_A_WORKER; tried++) {
    nextPort = (nextPort + 1) % PORTS_OF_A_WORKER
    const port = FIRST_PORT + worker * PORTS_OF_A_WORKER + nextPort
    if (await isFree(port)) return port
  }
  throw new Error(`no port of worker ${worker} is free`)
}

async function isFree(port: number): Promise<boolean> {
  const server = createServer()
  const listening = once(server, 'listening')
  server.listen(port)
  try {
    await listening
  } catch {
    // Somebody listens there, or may.
    return false
  }
  server.close()
  await once(server, 'close')
  return true
}

/** A real Redis without persistence on a port of its own. */
export async function startRedis(): Promise<Program & { url: string }> {
  const port = await freePort()
  const args = ['--port', String(port), '--bind', '127.0.0.1', '--save', '', '--appendonly', 'no']
  const program = await startProgram(
    'redis-server',
    args,
    process.env,
    /Ready to accept connections/,
  )
  return { ...program, url: `redis://127.0.0.1:${port}` }
}
