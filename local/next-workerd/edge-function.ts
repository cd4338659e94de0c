import { AsyncLocalStorage } from 'node:async_hooks'

// A global of Next's edge runtime that the chunks take from there.
Object.assign(globalThis, { AsyncLocalStorage })

/** What is the same for every request of one Worker. */
export interface WorkerContext {
  waitUntil(work: Promise<unknown>): void
}

/** What the build exports for hosts: the middleware, or a route with all its methods. */
export type EdgeFunction = (request: Request, context: WorkerContext) => Promise<Response>

type Entries = Record<string, { handler: PromiseLike<EdgeFunction> } | undefined>

const loaded = new Map<string, EdgeFunction>()

/**
 * Evaluates the chunks of a function when it is first called. They are the files of the build: each
 * is a module of its own, and the last one finds the others in globals.
 *
 * @param module The module that requires the chunks in their order.
 * @param name The function's name in the build.
 */
export async function load(module: string, name: string): Promise<EdgeFunction> {
  const known = loaded.get(module)
  if (known !== undefined) return known
  await import(module)
  const { _ENTRIES: entries } = globalThis as { _ENTRIES?: Entries }
  const entry = entries?.[`middleware_${name}`]
  if (entry === undefined) throw new TypeError(`the chunks of ${name} define no entry`)
  const handler = await entry.handler
  loaded.set(module, handler)
  return handler
}
