import { indexesLacking } from '../lib/collections/heal.ts'
import { SMALL_KEYSPACE } from '../lib/collections/plan.ts'
import { parseSettings } from '../lib/env.ts'
import { log } from '../lib/log.ts'
import { keyspaceRead } from '../lib/store/indexes.ts'
import { connect } from '../lib/store/redis.ts'
import { Store } from '../lib/store/store.ts'
import { Trips } from '../lib/store/trips.ts'

/**
 * Says which indexes are to be built: the lists that need them are 503 until the healer has done it,
 * which the first such list begins. A store that does not answer says so to everybody anyway.
 */
export async function sayWhatIsToBuild(variables: NodeJS.ProcessEnv): Promise<void> {
  try {
    const data = connect(parseSettings(variables).data)
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
