const EXPOSED =
  'ETag, Location, RateLimit, RateLimit-Policy, Retry-After, Server-Timing, Usher-Sync, WWW-Authenticate, X-Request-Id'
const ALLOWED_HEADERS =
  'Authorization, Content-Type, Idempotency-Key, If-Match, If-None-Match, MCP-Protocol-Version, Mcp-Method, Mcp-Name, Usher-Sync, X-API-Key, traceparent, tracestate, baggage'

/**
 * Writes the CORS headers: an origin on the list is named back, any other gets none. The answer
 * always varies by origin, so that no cache hands one origin's permission to another.
 */
export function setCorsHeaders(
  headers: Headers,
  origin: string | null,
  allowedOrigins: readonly string[],
): void {
  headers.append('Vary', 'Origin')
  if (origin === null || !allowedOrigins.includes(origin)) return
  headers.set('Access-Control-Allow-Origin', origin)
  headers.set('Access-Control-Expose-Headers', EXPOSED)
}

/** Adds what a preflight asks for (Fetch standard §3.3.2), for an allowed origin alone. */
export function setPreflightHeaders(headers: Headers, methods: string): void {
  if (!headers.has('Access-Control-Allow-Origin')) return
  headers.set('Access-Control-Allow-Methods', methods)
  headers.set('Access-Control-Allow-Headers', ALLOWED_HEADERS)
  headers.set('Access-Control-Max-Age', '600')
}
