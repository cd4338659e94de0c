import { accessOf } from '../contract/access-of.ts'
import { fail, ok, type Result, StoreUnavailable, type Success } from '../contract/problems.ts'
import type { CollectionDeps } from '../deps/collection.ts'
import { isRecord } from '../items/asked.ts'
import {
  CODES,
  handshakeVersion,
  type Id,
  type Message,
  MODERN,
  type Params,
  type RpcError,
  readMessage,
  SERVER_INFO,
} from '../mcp/protocol.ts'
import { type Tool, tools } from '../mcp/tools.ts'
import { NAME } from '../name.ts'
import { type ActingCall, asSent, defineOperation } from '../operation.ts'
import { failureOf } from './failure.ts'
import { problemDocument } from './problem.ts'
import { may, standingOf } from './standing.ts'

/** How long a list of tools may be kept: a level that changes is seen within a minute. */
const TOOLS_TTL_MS = 60_000
const SERVER = { name: NAME, version: '1.0.0' }
const INSTRUCTIONS =
  'Tools of collections of items. Pages end with nextCursor: send it as cursor for the next one. A result with isError has a problem: its detail and its errors say what would be right.'

type Request = Extract<Message, { kind: 'request' }>

/**
 * Model Context Protocol over Streamable HTTP, without sessions: each request stands by itself.
 *
 * A page of another origin is refused before anything is read: it could make a browser call a server on
 * this machine (DNS rebinding).
 *
 * @see https://modelcontextprotocol.io/specification/2026-07-28
 */
export const callTools = defineOperation('callTools', {
  summary: 'Call the tools of the collections (Model Context Protocol)',
  input: asSent<string>(),
  problems: ['csrf-failed', 'invalid-token', 'authentication-required', 'internal-error'],
  answer: 'McpMessage',
  run: async (call, deps: CollectionDeps) => {
    const { origin, corsOrigins } = deps.settings
    const sender = call.headers.get('origin')
    if (sender !== null && sender !== origin && !corsOrigins.includes(sender)) {
      return fail('csrf-failed', 'a foreign origin')
    }
    const message = readMessage(call.input, call.headers)
    switch (message.kind) {
      case 'refused':
        return rpcError(message)
      case 'notification':
        return ok(undefined, { status: 202 })
      case 'request':
        return answer(message, call, deps)
    }
  },
})

type Answer = Promise<Result<unknown, 'invalid-token' | 'insufficient-scope'>>

async function answer(request: Request, call: ActingCall<string>, deps: CollectionDeps): Answer {
  try {
    return await dispatch(request, call, deps)
  } catch (error) {
    if (!(error instanceof StoreUnavailable)) throw error
    const { code } = failureOf(error)
    deps.log('warn', 'mcp.unavailable', { reason: error.message })
    const unavailable = {
      ...CODES_OF_OUTAGE,
      id: request.id,
      data: problemDocument(code, whereOf(call)),
    }
    return rpcError(unavailable, { 'Retry-After': '2' })
  }
}

const CODES_OF_OUTAGE = {
  status: 503,
  code: CODES.internalError,
  message: 'The service cannot answer now: try again.',
}

async function dispatch(request: Request, call: ActingCall<string>, deps: CollectionDeps): Answer {
  const { era, id, method, params } = request
  const isModern = era === 'modern'
  if (method === 'tools/call') return callTool(request, call, deps)
  if (
    !['tools/list', ...(isModern ? ['server/discover'] : ['initialize', 'ping'])].includes(method)
  ) {
    // A client of the handshake takes 404 for the end of a session.
    const status = isModern ? 404 : 200
    return rpcError({ status, id, code: CODES.methodNotFound, message: 'There is no such method.' })
  }
  const standing = await standingOf(call, deps)
  if (!standing.ok) return standing
  const about = { capabilities: { tools: {} }, instructions: INSTRUCTIONS }
  switch (method) {
    case 'initialize': {
      const { protocolVersion } = params
      if (typeof protocolVersion !== 'string')
        return badParams(id, 'protocolVersion is not a text.')
      return result(request, {
        protocolVersion: handshakeVersion(protocolVersion),
        serverInfo: SERVER,
        ...about,
      })
    }
    case 'server/discover':
      return result(request, { supportedVersions: [MODERN], ...about }, true)
    case 'ping':
      return result(request, {})
    default: {
      const own = [...tools().values()].filter(({ operation, collection }) =>
        may(standing.value, operation.row, collection),
      )
      return result(request, { tools: own.map(({ shown }) => shown()) }, true)
    }
  }
}

async function callTool(request: Request, call: ActingCall<string>, deps: CollectionDeps): Answer {
  const { id, params } = request
  const { name, arguments: given = {} } = params
  if (typeof name !== 'string') return badParams(id, 'name is not a text.')
  if (!isRecord(given)) return badParams(id, 'arguments is not an object.')
  const tool = tools().get(name)
  if (tool === undefined) return unknownTool(id)
  const outcome = await actOf(tool, given, call, deps)
  if (outcome.ok) return result(request, content(outcome.value ?? {}))
  const { code, reason } = outcome
  if (code === 'invalid-token') return fail(code, reason)
  // What a caller may not use is not told apart from what there is not.
  if (code === 'insufficient-scope' || code === 'authentication-required') return unknownTool(id)
  deps.log('info', 'tool.failed', { tool: name, code, reason })
  const failed = { ...content(problemDocument(code, whereOf(call), outcome)), isError: true }
  return result(request, failed)
}

async function actOf(
  { collection, operation, act }: Tool,
  given: Params,
  call: ActingCall<string>,
  deps: CollectionDeps,
): ReturnType<ActingCall<string>['act']> {
  const about = act(given)
  // What anybody may do asks for no proof; a credential that was sent has to hold all the same.
  if (call.authentication.status !== 'none' && accessOf(operation.row, collection) === 'public') {
    const standing = await standingOf(call, deps)
    if (!standing.ok) return standing
  }
  // Without an id it is judged all the same: what fails first is whether the caller may use the tool.
  const outcome = await call.act(operation, { collection, id: '', input: {}, ...about })
  if (about !== undefined || outcome.ok || outcome.code !== 'not-found') return outcome
  const errors = [{ pointer: '#/id', message: 'is required, a text' }]
  return fail('validation-error', 'no id', { errors })
}

function whereOf({ requestId }: ActingCall<string>): { instance: string; requestId: string } {
  return { instance: '/api/mcp', requestId }
}

/** A result as programs read it, and the same for those that read text alone. */
function content(value: unknown): Record<string, unknown> {
  return { content: [{ type: 'text', text: JSON.stringify(value) }], structuredContent: value }
}

/** @param isKept Whether clients may keep it: for this caller alone, since others see other tools. */
function result(
  { era, id }: Request,
  value: Record<string, unknown>,
  isKept = false,
): Success<unknown> {
  const kept = isKept ? { ttlMs: TOOLS_TTL_MS, cacheScope: 'private' } : {}
  const modern = { resultType: 'complete', ...kept, _meta: { [SERVER_INFO]: SERVER } }
  return ok({ jsonrpc: '2.0', id, result: { ...value, ...(era === 'modern' ? modern : {}) } })
}

function unknownTool(id: Id): Success<unknown> {
  return badParams(id, 'There is no such tool.')
}

function badParams(id: Id, message: string): Success<unknown> {
  return rpcError({ status: 200, id, code: CODES.invalidParams, message })
}

function rpcError(
  { status, id, code, message, data }: RpcError,
  headers: Record<string, string> = {},
): Success<unknown> {
  const error = { code, message, ...(data === undefined ? {} : { data }) }
  return ok({ jsonrpc: '2.0', id, error }, { status, headers })
}
