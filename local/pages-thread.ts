import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { parentPort, workerData } from 'node:worker_threads'
import { openNext } from './next.ts'
import type { PagesThreadData } from './pages.ts'
import { LARGEST_PARSED_SECTION } from './request-form.ts'
import { endStore, openStore } from './store.ts'

/** Serves Next's pages to the thread that started this one, until that says that it is enough. */
async function main({ peerHeader }: PagesThreadData): Promise<void> {
  // Pages reach the store over REST. An embedded one has its gateway in the first thread.
  const store = await openStore(process.env)
  const next = await openNext({ dev: false })
  const server = createServer(
    // Idle connections are the other thread's to end.
    { keepAliveTimeout: 0, maxHeaderSize: 2 * LARGEST_PARSED_SECTION },
    (request, response) => {
      // Its name is made up at the start, and known to this process alone.
      if (!Object.hasOwn(request.headers, peerHeader)) {
        response.writeHead(403).end()
        return
      }
      next.handle(request, response).catch(() => response.destroy())
    },
  )
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  parentPort?.once('message', async () => {
    server.close()
    await next.close()
    await endStore(store)
    process.exit(0)
  })
  parentPort?.postMessage((server.address() as AddressInfo).port)
}

await main(workerData)
