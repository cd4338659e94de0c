import { parseSettings } from '../../lib/settings/settings.ts'
import type { Settings } from '../../lib/settings/types.ts'
import type { Database } from '../../lib/store/client/redis.ts'
import { endStore, type OpenedStore, openStore, storeKind, withStorePlaceholder } from '../store.ts'
import type { Connection } from './carrier.ts'
import { reachEngine } from './engine.ts'
import { openRedis } from './redis.ts'
import { openRest } from './rest.ts'

/** The databases of a process, reached without a gateway between. */
export interface OwnStore {
  /** Those of the environment; each database has its way in. */
  settings: Settings
  /** In front of the embedded engine, which nobody else could ask. */
  gateway: OpenedStore | undefined
  close(): Promise<void>
}

/**
 * Opens what the environment names, each the shortest way: Redis over TCP, the embedded engine in this
 * process, an Upstash database over connections that are kept.
 *
 * @param fresh Begins the embedded store anew.
 * @throws StoreClosed when the embedded store cannot be used.
 */
export async function openOwnStore(
  variables: NodeJS.ProcessEnv,
  { fresh = false }: { fresh?: boolean } = {},
): Promise<OwnStore> {
  const kind = storeKind(variables)
  const gateway = kind === 'embedded' ? await openStore(variables, { fresh }) : undefined
  const settings = parseSettings(withStorePlaceholder(variables))
  const rest = (database: Database): Connection => openRest(database)
  const opened: Connection[] = []
  const reach = (database: Database, open: (database: Database) => Connection): Database => {
    const connection = open(database)
    opened.push(connection)
    return { ...database, ...connection.reached }
  }
  const data =
    gateway === undefined
      ? reach(
          settings.data,
          kind === 'redis' ? () => openRedis(variables['REDIS_URL'] ?? '') : rest,
        )
      : { ...settings.data, ...reachEngine(gateway.engine).reached }
  const auth = settings.auth === undefined ? {} : { auth: reach(settings.auth, rest) }
  return {
    settings: { ...settings, data, ...auth },
    gateway,
    close: async () => {
      await Promise.all(opened.map((connection) => connection.close()))
      await endStore(gateway)
    },
  }
}
