import type { Collection } from '../collections/define.ts'
import { accessOf } from '../contract/access-of.ts'
import { contract, type Operation, type OperationId, pathsOf } from '../contract/operations.ts'
import { findCollection } from '../items/registry.ts'

/** What a path leads to: its operations by method, and its decoded parameters. */
export interface Match {
  operations: ReadonlyMap<string, OperationId>
  params: Readonly<Record<string, string>>
  collection: Collection | undefined
}

interface Pattern {
  segments: readonly { name?: string; literal?: string; ending?: string }[]
  operations: Map<string, OperationId>
}

const patterns = compile()

/**
 * Finds the operations of a path. Parameters come from here, from the URL's path alone: on edge
 * routes Next lets a client overwrite its own `params` by a query parameter.
 *
 * @returns `malformed` when the percent-encoding is broken, `unknown` when nothing is there.
 */
export function findRoute(pathname: string): Found {
  if (last?.pathname !== pathname) last = { pathname, found: route(pathname) }
  return last.found
}

type Found = Match | 'malformed' | 'unknown'

/** Several parts of one request ask for its path, one after the other. */
let last: { pathname: string; found: Found } | undefined

function route(pathname: string): Found {
  const encoded = pathname.split('/').slice(1)
  const decoded: string[] = []
  for (const segment of encoded) {
    const value = decode(segment)
    if (value === undefined) return 'malformed'
    decoded.push(value)
  }

  for (const { segments, operations } of patterns) {
    const params = bind(segments, encoded, decoded)
    if (params === undefined) continue
    if (params['collection'] === undefined) return { operations, params, collection: undefined }
    const collection = findCollection(params['collection'])
    return collection === undefined ? 'unknown' : { operations, params, collection }
  }
  return 'unknown'
}

/** The methods of a path as `Allow` lists them. */
export function allowedMethods(match: Match): string {
  const methods = [...match.operations.keys()]
  if (match.operations.has('GET')) methods.push('HEAD')
  return [...methods, 'OPTIONS'].join(', ')
}

/** The operation for a method; HEAD is GET without a body. */
export function operationOf(match: Match, method: string): OperationId | undefined {
  return match.operations.get(method === 'HEAD' ? 'GET' : method)
}

/** Whether an operation reads what anybody may. */
export function isPublicRead(row: Operation, match: Match): boolean {
  return row.method === 'GET' && accessOf(row, match.collection) === 'public'
}

function compile(): Pattern[] {
  const byPath = new Map<string, Pattern>()
  for (const [id, row] of Object.entries(contract) as [OperationId, Operation][]) {
    for (const path of pathsOf(id)) {
      const pattern = byPath.get(path) ?? { segments: segmentsOf(path), operations: new Map() }
      pattern.operations.set(row.method, id)
      byPath.set(path, pattern)
    }
  }
  // A segment of which the end is known is closer to a literal than one of which nothing is.
  const openness = (pattern: Pattern) =>
    pattern.segments.reduce(
      (sum, { literal, ending }) => sum + (literal !== undefined ? 0 : ending ? 0.5 : 1),
      0,
    )
  return [...byPath.values()].sort((a, b) => openness(a) - openness(b))
}

function segmentsOf(path: string): Pattern['segments'] {
  return path
    .split('/')
    .slice(1)
    .map((segment) => {
      const parameter = /^\{(\w+)(?:=(\w+))?\}(:\w+)?$/.exec(segment)
      if (parameter?.[1] === undefined) return { literal: segment }
      const [, name, literal, ending] = parameter
      if (literal !== undefined) return { name, literal }
      return ending === undefined ? { name } : { name, ending }
    })
}

function bind(
  segments: Pattern['segments'],
  encoded: readonly string[],
  decoded: readonly string[],
): Record<string, string> | undefined {
  if (segments.length !== encoded.length) return undefined
  const params: Record<string, string> = {}
  for (const [index, { name, literal, ending = '' }] of segments.entries()) {
    // Literals are compared as sent: `/api/%61uth/signin` is no second spelling of a path.
    if (literal !== undefined && encoded[index] !== literal) return undefined
    if (encoded[index]?.endsWith(ending) !== true) return undefined
    const value = decoded[index]?.slice(0, -ending.length || undefined)
    if (value === undefined || value === '') return undefined
    if (name !== undefined) params[name] = value
  }
  return params
}

function decode(segment: string): string | undefined {
  try {
    return decodeURIComponent(segment)
  } catch {
    return undefined
  }
}
