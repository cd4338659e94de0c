import { isRecord } from '../items/asked.ts'
import { isTooDeep } from './depth.ts'

/** The revisions that are spoken, the newest first: one without a handshake, the others with one. */
export const MODERN = '2026-07-28'
const HANDSHAKE = ['2025-11-25', '2025-06-18', '2025-03-26'] as const
const SUPPORTED: readonly string[] = [MODERN, ...HANDSHAKE]

/** The error codes of JSON-RPC 2.0 §5.1, and those of the protocol. */
export const CODES = {
  parseError: -32700,
  invalidRequest: -32600,
  methodNotFound: -32601,
  invalidParams: -32602,
  internalError: -32603,
  headerMismatch: -32020,
  unsupportedVersion: -32022,
} as const

export type Id = string | number | null

/** An error as the protocol sends it. */
export interface RpcError {
  status: number
  id: Id
  code: number
  message: string
  data?: unknown
}

/** One message of a client, as far as it is understood. */
export type Message =
  | { kind: 'request'; era: 'modern' | 'handshake'; id: Id; method: string; params: Params }
  /** Nobody waits for an answer. */
  | { kind: 'notification' }
  | ({ kind: 'refused' } & RpcError)

export type Params = Readonly<Record<string, unknown>>

const META = 'io.modelcontextprotocol/'
const VERSION = `${META}protocolVersion`
const CAPABILITIES = `${META}clientCapabilities`
/** How a server names itself in a result. */
export const SERVER_INFO = `${META}serverInfo`

/**
 * Reads one message, and checks the header fields against it: whoever routes or limits by them must be able to
 * believe them. Nothing is kept from one message to the next.
 *
 * @param text The body.
 * @see https://modelcontextprotocol.io/specification/2026-07-28/basic/transports
 */
export function readMessage(text: string, headers: Headers): Message {
  const body = parse(text)
  if (body === undefined) return refused(null, CODES.parseError, 'The body is not JSON.')
  if (Array.isArray(body)) return refused(null, CODES.invalidRequest, 'Batches are not taken.')
  if (!isRecord(body) || body['jsonrpc'] !== '2.0') {
    return refused(null, CODES.invalidRequest, 'The body is no JSON-RPC 2.0 message.')
  }
  const { method, params = {}, id = null } = body
  // An answer to what this server never asked.
  if (method === undefined && ('result' in body || 'error' in body)) return { kind: 'notification' }
  if (typeof method !== 'string' || !isId(id) || (id === null && 'id' in body)) {
    return refused(null, CODES.invalidRequest, 'The body is no JSON-RPC 2.0 request.')
  }
  if (!isRecord(params)) return refused(id, CODES.invalidParams, 'params is not an object.')
  const judged = eraOf(id, method, params, headers)
  if (typeof judged !== 'string') return judged
  if (!('id' in body)) return { kind: 'notification' }
  const faulty = judged === 'modern' ? headerFault(id, method, params, headers) : undefined
  return faulty ?? { kind: 'request', era: judged, id, method, params }
}

/** The revision of a handshake: the client's, if it is spoken here; else the newest, which it may refuse. */
export function handshakeVersion(asked: string): string {
  return HANDSHAKE.find((version) => version === asked) ?? HANDSHAKE[0]
}

function eraOf(
  id: Id,
  method: string,
  params: Params,
  headers: Headers,
): 'modern' | 'handshake' | Message {
  const named = headers.get('mcp-protocol-version')?.trim()
  const meta = isRecord(params['_meta']) ? params['_meta'] : {}
  const claimed = meta[VERSION]
  if (claimed === undefined) {
    if (named === undefined || HANDSHAKE.some((version) => version === named)) return 'handshake'
    if (named !== MODERN) return unsupported(id, named)
    if (method === 'initialize') {
      return mismatch(id, `initialize belongs to revisions before ${MODERN}`)
    }
    const message = `${MODERN} wants ${VERSION} in params._meta.`
    return refused(id, CODES.invalidParams, message)
  }
  if (typeof claimed !== 'string') {
    return refused(id, CODES.invalidParams, `${VERSION} is not a text.`)
  }
  if (named !== undefined && named !== claimed) {
    return mismatch(id, 'MCP-Protocol-Version is another than that of params._meta')
  }
  if (claimed !== MODERN) return unsupported(id, claimed)
  if (!isRecord(meta[CAPABILITIES])) {
    return refused(id, CODES.invalidParams, `${MODERN} wants ${CAPABILITIES} in params._meta.`)
  }
  return 'modern'
}

/** What `Mcp-Name` repeats of the body, by method. */
const NAMED: ReadonlyMap<string, string> = new Map([
  ['tools/call', 'name'],
  ['prompts/get', 'name'],
  ['resources/read', 'uri'],
])

function headerFault(
  id: Id,
  method: string,
  params: Params,
  headers: Headers,
): Message | undefined {
  if (headers.get('mcp-protocol-version') === null) {
    return mismatch(id, 'MCP-Protocol-Version is missing')
  }
  const named = headers.get('mcp-method')?.trim()
  if (named === undefined) return mismatch(id, 'Mcp-Method is missing')
  if (named !== method) return mismatch(id, 'Mcp-Method is another than the method of the body')
  const member = NAMED.get(method)
  const name = member === undefined ? undefined : params[member]
  if (typeof name !== 'string') return undefined
  const header = headers.get('mcp-name')?.trim()
  if (header === undefined) return mismatch(id, 'Mcp-Name is missing')
  if (decoded(header) === name) return undefined
  return mismatch(id, `Mcp-Name is another than params.${member}`)
}

/** A header value that is no plain ASCII comes as `=?base64?…?=`. */
function decoded(value: string): string | undefined {
  const [, encoded] = /^=\?base64\?([A-Za-z0-9+/]*={0,2})\?=$/.exec(value) ?? []
  if (encoded === undefined) return value
  try {
    const bytes = Uint8Array.from(atob(encoded), (letter) => letter.charCodeAt(0))
    return new TextDecoder('utf-8', { fatal: true }).decode(bytes)
  } catch {
    return undefined
  }
}

function mismatch(id: Id, fault: string): Message {
  return refused(id, CODES.headerMismatch, `The header fields and the body differ: ${fault}.`)
}

function unsupported(id: Id, requested: string): Message {
  const message = 'This revision of the protocol is not spoken here.'
  const data = { supported: SUPPORTED, requested: requested.slice(0, 64) }
  return { ...refused(id, CODES.unsupportedVersion, message), data }
}

function refused(id: Id, code: number, message: string): { kind: 'refused' } & RpcError {
  return { kind: 'refused', status: 400, id, code, message }
}

function isId(id: unknown): id is Id {
  return id === null || typeof id === 'string' || Number.isSafeInteger(id)
}

function parse(text: string): unknown {
  try {
    return isTooDeep(text) ? undefined : (JSON.parse(text) as unknown)
  } catch {
    return undefined
  }
}
