import { type ChildProcess, spawn } from 'node:child_process'
import { copyFile, mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { Readable } from 'node:stream'
import workerd from 'workerd'

/** The behaviour of the runtime that the code was tested with. */
const COMPATIBILITY_DATE = '2026-11-17'

export interface WorkerdOptions {
  /** The Worker's module, a file of ES module code. */
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

/**
 * Starts `workerd`, Cloudflare's open runtime, with one Worker, and waits until it listens. It ends
 * by a signal, and what was written for it goes with it. Variables go by its environment: no secret
 * is written to a file.
 *
 * @throws Error when it ends before it listens, with what it said.
 */
export async function startWorkerd(options: WorkerdOptions): Promise<Workerd> {
  const folder = await mkdtemp(join(tmpdir(), 'usher-workerd-'))
  await copyFile(options.module, join(folder, 'worker.js'))
  const file = join(folder, 'workerd.capnp')
  await writeFile(file, configuration(options.variables))
  const address = options.host.includes(':') ? `[${options.host}]` : options.host
  const args = ['serve', file, '--socket-addr', `http=${address}:${options.port}`, '--control-fd=3']
  const child = spawn(workerd.default, args, { stdio: ['ignore', 'inherit', 'inherit', 'pipe'] })
  child.once('exit', () => void rm(folder, { recursive: true, force: true }))
  return { process: child, port: await listening(child) }
}

function configuration(variables: Iterable<string>): string {
  const bindings = [...variables]
    .map((name) => `(name = "${name}", fromEnvironment = "${name}")`)
    .join(',\n    ')
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
  modules = [(name = "worker.js", esModule = embed "worker.js")],
  compatibilityDate = "${COMPATIBILITY_DATE}",
  bindings = [
    ${bindings}
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
