import { createServer, type Server } from 'node:http'
import { provesItself, verifies } from '../lib/auth/tokens/jws.ts'
import { collectionFaults } from '../lib/items/declaration-faults.ts'
import { allCollections } from '../lib/items/registry.ts'
import { duration, readerOf } from '../lib/settings/readers.ts'
import { EnvironmentFault, parseSettings } from '../lib/settings/settings.ts'
import type { Settings } from '../lib/settings/types.ts'
import { redisUrlFault, storeFault, withStorePlaceholder } from './store.ts'

export interface Checked {
  port: number
  host: string
  /** Read before a local store is there: its address is not among them. */
  settings: Settings
  /** The names of all variables that the API reads. */
  variables: ReadonlySet<string>
  /** For how long readiness says no before the server stops, in seconds. */
  shutdownDelay: number
}

/** Ends the process with every fault named when there is one. */
export async function checkEnvironment(): Promise<Checked> {
  const faults: string[] = []
  const variables = new Set<string>()
  let settings: Settings | undefined
  try {
    settings = parseSettings(
      new Proxy(withStorePlaceholder(process.env), {
        get: (values, name) => {
          if (typeof name === 'string') variables.add(name)
          return Reflect.get(values, name)
        },
      }),
    )
    const { signingKey, previousKeys, mail } = settings
    if (signingKey !== undefined && !(await provesItself(signingKey))) {
      faults.push('SIGNING_KEY does not sign what its own public part verifies.')
    }
    if ((await Promise.all(previousKeys.map(verifies))).includes(false)) {
      faults.push('SIGNING_KEY_PREVIOUS holds a key that is no point of its curve.')
    }
    if (mail === undefined) {
      console.warn('Usher sends no mail: set MAIL_API_URL, MAIL_API_KEY and MAIL_FROM.')
    }
  } catch (error) {
    if (!(error instanceof EnvironmentFault)) throw error
    faults.push(...error.faults)
  }
  for (const fault of [storeFault(process.env), redisUrlFault(process.env)]) {
    if (fault !== undefined) faults.push(fault)
  }
  faults.push(...collectionFaults(allCollections()))
  const read = readerOf(process.env)
  const shutdownDelay = duration('SHUTDOWN_DELAY', read, faults, 0, [0, 3_600])
  const port = Number(process.env['PORT'] || 3000)
  if (!Number.isInteger(port) || port < 0 || port > 65_535) {
    faults.push('PORT is not a number from 0 to 65535.')
  }
  if (settings === undefined || faults.length > 0) {
    const list = faults.map((fault) => `  - ${fault}`).join('\n')
    console.error(`Usher does not start:\n${list}`)
    console.error('All variables are described in .env.example; `npm run up` needs none.')
    process.exit(1)
  }
  const host = process.env['HOST'] || '127.0.0.1'
  return { port, host, settings, variables, shutdownDelay }
}

export async function listen(server: Server, port: number, host: string): Promise<void> {
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject)
    server.listen(port, host, resolve)
  }).catch((error: NodeJS.ErrnoException) => {
    const why = error.code === 'EADDRINUSE' ? 'the port is taken: set PORT' : error.code
    console.error(`Usher cannot listen on ${host}:${port}: ${why}.`)
    process.exit(1)
  })
}

/** Ends the process now, before anything is loaded, when the port is taken. */
export async function checkPort(port: number, host: string): Promise<void> {
  const probe = createServer()
  await listen(probe, port, host)
  await new Promise((resolve) => probe.close(resolve))
}
