import { readFile } from 'node:fs/promises'
import { join } from 'node:path'

/** A middleware or route of the build, as a platform deploys it. */
export interface EdgeUnit {
  name: string
  /** Paths of its chunks below `.next`, in the order of evaluation. */
  files: readonly string[]
}

export interface BuildOutput {
  middleware: EdgeUnit & { matchers: string[] }
  /** With the pattern of their paths, static before dynamic. */
  functions: (EdgeUnit & { pattern: string })[]
  /** What Next puts into the environment of all of them. */
  env: Record<string, string>
}

interface Listed extends EdgeUnit {
  page: string
  matchers: { regexp: string }[]
  wasm?: unknown[]
  assets?: unknown[]
  env: Record<string, string>
}

interface Manifest {
  version: number
  middleware: Record<string, Listed>
  functions: Record<string, Listed>
}

interface Routes {
  staticRoutes: { page: string; namedRegex: string }[]
  dynamicRoutes: { page: string; namedRegex: string }[]
}

/**
 * Reads what `next build` says of its edge functions.
 *
 * @throws Error when the build is not of the shape that this host was written for.
 */
export async function readBuildOutput(folder: string): Promise<BuildOutput> {
  const manifest = await read<Manifest>(folder, 'server/middleware-manifest.json')
  const { staticRoutes, dynamicRoutes } = await read<Routes>(folder, 'routes-manifest.json')
  const middleware = manifest.middleware['/']
  if (manifest.version !== 3 || middleware === undefined) {
    throw new Error('The build has no edge middleware, or a manifest of another version.')
  }
  const units = [middleware, ...Object.values(manifest.functions)]
  if (units.some(({ wasm = [], assets = [] }) => wasm.length + assets.length > 0)) {
    throw new Error(
      'The build has functions with WebAssembly or assets, which are not hosted here.',
    )
  }
  const functions = [...staticRoutes, ...dynamicRoutes].flatMap(({ page, namedRegex }) => {
    const unit = manifest.functions[`${page}/route`]
    return unit === undefined ? [] : { name: unit.name, files: unit.files, pattern: namedRegex }
  })
  if (functions.length !== units.length - 1) {
    throw new Error('The build has edge functions that no route leads to.')
  }
  const matchers = middleware.matchers.map(({ regexp }) => regexp)
  return {
    middleware: { name: middleware.name, files: middleware.files, matchers },
    functions,
    env: Object.assign({ NEXT_RUNTIME: 'edge' }, ...units.map(({ env }) => env)),
  }
}

async function read<T>(folder: string, file: string): Promise<T> {
  return JSON.parse(await readFile(join(folder, file), 'utf8'))
}
