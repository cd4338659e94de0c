import { Redis } from '@upstash/redis'
import type { Carry, Command } from '../../local/transports/carrier.ts'

/**
 * The official client over a transport of ours: its own way of asking is replaced, so that what it
 * says of commands and replies is said of the transport.
 */
export function officialClient(carry: Carry, automaticDeserialization = true): Redis {
  const client = new Redis({
    url: 'http://unused.invalid',
    token: 'unused',
    automaticDeserialization,
  })
  const request = async ({ path, body }: { path?: string[]; body: unknown }): Promise<unknown> => {
    if (path?.[0] === 'multi-exec') throw new TypeError('a transport has no transactions')
    const isPipeline = path?.[0] === 'pipeline'
    const commands = (isPipeline ? body : [body]) as (string | number)[][]
    const replies = await carry(commands.map(inCapitals), 'write')
    return isPipeline ? replies : replies[0]
  }
  const inner: unknown = Reflect.get(client, 'client')
  if (typeof inner !== 'object' || inner === null || !('request' in inner)) {
    throw new TypeError('another official client')
  }
  inner.request = request
  return client
}

/** As Redis takes them in any case, and the gateway puts them. */
function inCapitals([name, ...words]: Command): Command {
  return [String(name).toUpperCase(), ...words]
}
