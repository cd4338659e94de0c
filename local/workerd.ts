import { type ChildProcess, spawn } from 'node:child_process'
import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { Readable } from 'node:stream'

/** The behaviour of the runtime that the code was tested with. */
export const COMPATIBILITY_DATE = '2026-11-17'

export interface WorkerdOptions {
  /** The Worker's module, a file of ES module code below this folder. */
  module: string
  /** Names of variables of this process's environment that the Worker may read. */
  variables: Iterable<string>
  host: string
  port: number
}

export interface Workerd {
  process: ChildProcess
  /** The port it listens on. */
  port: number
}

/** Starts `workerd`, Cloudflare's open runtime, with one Worker. */
export function startWorkerd({ module, variables, ...where }: WorkerdOptions): Promise<Workerd> {
  return serveConfiguration(configuration(module, bindVariables(variables, process.env)), where)
}

/**
 * Serves a configuration, and waits until `workerd` listens: by then it has read it, and the file
 * goes. It ends by a signal. Variables go by its environment: no secret is written to a file.
 *
 * @param configuration Text of Cap'n Proto; the files that it embeds are below this folder, `/`.
 * @throws Error when it ends before it listens, with what it said.
 */
export async function serveConfiguration(
  configuration: string,
  where: { host: string; port: number; env?: NodeJS.ProcessEnv },
): Promise<Workerd> {
  // A development package: `npm start` shares this bundle, and runs without it.
  const { default: workerd } = await import('workerd')
  const folder = await mkdtemp(join(tmpdir(), 'usher-workerd-'))
  const file = join(folder, 'workerd.capnp')
  await writeFile(file, configuration)
  const address = where.host.includes(':') ? `[${where.host}]` : where.host
  const socket = `http=${address}:${where.port}`
  const args = ['serve', file, '--import-path', '.', '--socket-addr', socket, '--control-fd=3']
  const child = spawn(workerd.default, args, {
    stdio: ['ignore', 'inherit', 'inherit', 'pipe'],
    env: where.env ?? process.env,
  })
  // However this process ends: nothing is left behind.
  const end = (): void => void child.kill()
  process.once('exit', end)
  child.once('exit', () => process.off('exit', end))
  try {
    return { process: child, port: await listening(child) }
  } finally {
    await rm(folder, { recursive: true })
  }
}

/** Bindings that `workerd` fills from its own environment: of what is set, for the rest becomes "null". */
export function bindVariables(names: Iterable<string>, values: NodeJS.ProcessEnv): string {
  return [...names]
    .filter((name) => values[name] !== undefined)
    .map((name) => `(name = "${name}", fromEnvironment = "${name}")`)
    .join(',\n    ')
}

function configuration(module: string, variables: string): string {
  return `using Workerd = import "/workerd/workerd.capnp";

const config :Workerd.Config = (
  services = [
    (name = "usher", worker = .usher),
    (name = "internet", network = (
      allow = ["public", "private"],
      tlsOptions = (trustBrowserCas = true),
    )),
  ],
  sockets = [(name = "http", address = "127.0.0.1:0", http = (), service = "usher")],
);

const usher :Workerd.Worker = (
  modules = [(name = "worker.js", esModule = embed "/${module}")],
  compatibilityDate = "${COMPATIBILITY_DATE}",
  bindings = [
    ${variables}
  ],
);
`
}

/** The port, once `workerd` says on its control channel that it listens. */
function listening(child: ChildProcess): Promise<number> {
  const control = child.stdio[3] as Readable
  return new Promise((resolve, reject) => {
    let said = ''
    control.on('data', (chunk: Buffer) => {
      said += chunk
      const port = /"event":"listen".*"port":(\d+)/.exec(said)?.[1]
      if (port !== undefined) resolve(Number(port))
    })
    child.once('error', reject)
    child.once('exit', (code) => reject(new Error(`workerd ended with ${code} before it listened`)))
  })
}
