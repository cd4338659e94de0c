import { createServer, type IncomingMessage, type ServerResponse } from 'node:http'

/** Next as a request handler, without a server of its own. */
export interface OpenedNext {
  handle(request: IncomingMessage, response: ServerResponse): Promise<void>
  /** Waits for what goes on after the answers. */
  close(): Promise<void>
}

/**
 * Opens Next on the build of this folder, or as its development server.
 *
 * It changes what is global to its thread: `fetch`, `Date`, `crypto`, and whether promises are followed.
 */
export async function openNext({ dev }: { dev: boolean }): Promise<OpenedNext> {
  process.env['NEXT_TELEMETRY_DISABLED'] ??= '1'
  if (!dev) {
    // All configuration comes from the environment: Next is told that its .env files are read.
    Object.assign(process.env, { __NEXT_PROCESSED_ENV: 'true', NODE_ENV: 'production' })
  }
  const { default: next } = await import('next')
  // Next listens for `upgrade` on the server it is given. It gets one that never listens, so that
  // ours ignores the header (RFC 9110 §7.8) and every request takes the one way.
  const app = next({ dev, dir: process.cwd(), ...(dev ? {} : { httpServer: createServer() }) })
  await app.prepare()
  const handler = app.getRequestHandler()
  return { handle: (request, response) => handler(request, response), close: () => app.close() }
}
