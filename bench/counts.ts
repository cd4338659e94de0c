import { createServer } from 'node:http'

/** What reached the store, or a way to it, since its process began. */
export interface Counts {
  trips: number
  commands: number
}

/** Serves the counts of a process on a port of their own. */
export async function serveCounts(read: () => Record<string, Counts>): Promise<string> {
  const server = createServer((_request, response) => response.end(JSON.stringify(read())))
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  const address = server.address()
  if (address === null || typeof address === 'string') throw new TypeError('no port')
  return `http://127.0.0.1:${address.port}`
}

export async function readCounts(url: string, name: string): Promise<Counts> {
  const counts: Record<string, Counts> = await (await fetch(url)).json()
  return counts[name] ?? { trips: 0, commands: 0 }
}
