import { readFileSync } from 'node:fs'
import { gzipSync } from 'node:zlib'

/** In KB of gzip; what an edge platform loads before the first byte. */
export const LARGEST_MIDDLEWARE_KB = 90
export const LARGEST_ROUTE_KB = 185
export const LARGEST_OF_PASSKEYS_KB = 290
export const LARGEST_OF_GRAPHQL_KB = 240
export const LARGEST_OF_TOOLS_KB = 275
/** Those that carry a library which no other needs. */
const LARGER: readonly [route: RegExp, kilobytes: number][] = [
  [/^\/api\/graphql\b/, LARGEST_OF_GRAPHQL_KB],
  [/^\/api\/mcp\b/, LARGEST_OF_TOOLS_KB],
  [/^\/api\/auth\/passkey/, LARGEST_OF_PASSKEYS_KB],
]

/** What a route may have at most, by its name. */
export function largestOf(route: string): number {
  return LARGER.find(([pattern]) => pattern.test(route))?.[1] ?? LARGEST_ROUTE_KB
}

/** A function of the build, with all the JavaScript it loads. */
export interface FunctionSize {
  name: string
  gzipKB: number
}

interface Bundle {
  files: string[]
}

/** Measures every edge function of the build in `.next`. */
export function functionSizes(): { middleware: FunctionSize[]; routes: FunctionSize[] } {
  const manifest: { middleware: Record<string, Bundle>; functions: Record<string, Bundle> } =
    JSON.parse(readFileSync('.next/server/middleware-manifest.json', 'utf8'))
  const measure = (bundles: Record<string, Bundle>): FunctionSize[] =>
    Object.entries(bundles).map(([name, { files }]) => ({ name, gzipKB: gzipKB(files) }))
  return { middleware: measure(manifest.middleware), routes: measure(manifest.functions) }
}

function gzipKB(files: readonly string[]): number {
  return files
    .filter((file) => file.endsWith('.js'))
    .reduce((sum, file) => sum + gzipSync(readFileSync(`.next/${file}`)).length / 1_024, 0)
}
