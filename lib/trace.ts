/**
 * The trace of a request: taken from its caller, and passed on to the store and the mail service.
 *
 * @see W3C Trace Context §3.2 (`traceparent`)
 */
export interface Trace {
  id: string
  /** The `traceparent` for services that we call: the same trace, a span of our own. */
  traceparent: string
}

/** Reads the caller's `traceparent`; undefined when there is none, or it is none. */
export function traceOf(headers: Headers): Trace | undefined {
  const parts = /^(?!ff)[\da-f]{2}-([\da-f]{32})-([\da-f]{16})-([\da-f]{2})(?:-|$)/.exec(
    headers.get('traceparent') ?? '',
  )
  const [, id = '', parent = '', flags] = parts ?? []
  if (!/[^0]/.test(id) || !/[^0]/.test(parent)) return undefined
  const span = crypto.randomUUID().replace(/-/g, '').slice(0, 16)
  return { id, traceparent: `00-${id}-${span}-${flags}` }
}

let current: string | undefined

/**
 * Starts a call to a service as a part of the trace. The clients of an isolate ask for the header at each
 * call ({@link currentTraceparent}), and they do it before they first wait, so that no other request can
 * come in between.
 */
export function inTrace<value>(trace: Trace | undefined, call: () => value): value {
  current = trace?.traceparent
  try {
    return call()
  } finally {
    current = undefined
  }
}

/** The `traceparent` of the call that starts at this moment. */
export function currentTraceparent(): string | undefined {
  return current
}
