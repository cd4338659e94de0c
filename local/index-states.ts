import { indexesLacking } from '../lib/items/heal.ts'
import { SMALL_KEYSPACE } from '../lib/items/plan.ts'
import { log } from '../lib/log.ts'
import { connect, type Database } from '../lib/store/client/redis.ts'
import { Store } from '../lib/store/client/store.ts'
import { Trips } from '../lib/store/client/trips.ts'
import { keyspaceRead } from '../lib/store/indexes.ts'

/**
 * Says which indexes are to be built: the lists that need them are 503 until the healer has done it,
 * which the first such list begins. A store that does not answer says so to everybody anyway.
 */
export async function sayWhatIsToBuild(database: Database): Promise<void> {
  try {
    const data = connect(database)
    const store = (): Store => new Store({ auth: data, data }, new Trips(Date.now))
    const [keyspace] = await store().read(keyspaceRead())
    // SCAN serves, and needs none.
    if (keyspace <= SMALL_KEYSPACE) return
    const lacking = await indexesLacking(store)
    if (lacking.length > 0) log('warn', 'indexes.to-build', { indexes: lacking.join(' ') })
  } catch {
    log('warn', 'indexes.unknown', { consequence: 'the store did not say which are whole' })
  }
}
