import { contract } from '../contract/operations.ts'
import { operationName } from './request-log.ts'
import { findRoute, operationOf } from './router.ts'

/** A span of OpenTelemetry that has ended, as far as it is changed here. */
interface EndedSpan {
  name: string
  attributes: Record<string, unknown>
  events: { attributes?: Record<string, unknown> }[]
  status: { message?: string }
}

/** Attributes that hold a path or a query, by the semantic conventions for HTTP, old and new. */
const PATHS = ['http.target', 'http.url', 'url.full', 'url.path', 'url.query'] as const

/** Next names the span of a fetch by the method and the URL. */
const URL_IN_NAME = /\s*https?:\/\/.*$/s

/**
 * Takes out of a span what a client wrote into its URL, an address or a token, and what a library
 * says of an error. An operation is named by its template, as in the log.
 *
 * @see [Semantic conventions for HTTP spans](https://opentelemetry.io/docs/specs/semconv/http/http-spans/)
 */
export function dropPath(span: EndedSpan): void {
  const { attributes } = span
  const target = attributes['http.target'] ?? attributes['url.path']
  const method = attributes['http.method'] ?? attributes['http.request.method']
  for (const name of PATHS) delete attributes[name]
  span.name = span.name.replace(URL_IN_NAME, '')
  const named = attributes['next.span_name']
  if (typeof named === 'string') attributes['next.span_name'] = named.replace(URL_IN_NAME, '')
  delete span.status.message
  for (const event of span.events) {
    const type = event.attributes?.['exception.type']
    event.attributes = type === undefined ? {} : { 'exception.type': type }
  }
  if (typeof target !== 'string' || typeof method !== 'string') return
  const operation = operationAt(method, target.replace(/[?#].*$/s, ''))
  if (operation === undefined) return
  span.name = operation
  attributes['http.route'] = operation.replace(/^\S+ /, '')
  attributes['resource.name'] = operation
}

function operationAt(method: string, pathname: string): string | undefined {
  const match = findRoute(pathname)
  if (typeof match !== 'object') return undefined
  const operation = operationOf(match, method)
  return operation === undefined ? undefined : operationName(contract[operation], match)
}
