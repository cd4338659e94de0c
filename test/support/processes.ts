import { type ChildProcess, spawn } from 'node:child_process'
import { createServer } from 'node:net'

type Variables = Readonly<Record<string, string | undefined>>

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
  cwd = '.',
): Promise<Program> {
  const child = spawn(command, args, {
    cwd,
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
  cwd = '.',
): Promise<{ code: number | null; output: string }> {
  const child = spawn(command, args, {
    cwd,
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

/** A port that was free a moment ago. */
export async function freePort(): Promise<number> {
  const server = createServer()
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  const address = server.address()
  await new Promise((resolve) => server.close(resolve))
  if (address === null || typeof address === 'string') throw new TypeError('no port')
  return address.port
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
