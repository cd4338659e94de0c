import { existsSync, readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { gzipSync } from 'node:zlib'
import { contract, type OperationId, pathsOf } from '../lib/contract/operations.ts'
import { isApiPath } from '../lib/http/gate.ts'

/** One function that a deployment would have. */
export interface DeployedFunction {
  name: string
  runtime: string
  /** Of what an edge function loads, in KB of gzip; other runtimes load files of the project. */
  gzipKb: number | undefined
  kind: 'middleware' | 'operation' | 'unknown' | 'page'
}

export interface DeployReport {
  functions: DeployedFunction[]
  /** One sentence each; none where every operation and the middleware run at the edge. */
  faults: string[]
}

/**
 * Reads what `vercel build` wrote, and compares it with the operation table: every operation and the
 * middleware have a function, each runs at the edge, and no function below the API's paths is
 * unknown. Pages may run anywhere.
 *
 * @param output The folder `.vercel/output`.
 */
export function readDeployOutput(output: string): DeployReport {
  const expected = operationFunctions()
  const folder = join(output, 'functions')
  const functions: DeployedFunction[] = []
  const faults = new Set<string>()
  for (const name of functionNames(folder)) {
    const { runtime } = readJson<{ runtime: string }>(
      join(folder, `${name}.func`, '.vc-config.json'),
    )
    // `.rsc` is Vercel's second name of every function, for the flight data of pages.
    const own = name.replace(/(\.prefetch)?\.rsc$/, '')
    const kind = kindOf(own, expected)
    if (kind === 'unknown') faults.add(`${own} (${runtime}) belongs to no operation.`)
    else if (kind !== 'page' && runtime !== 'edge')
      faults.add(`${own} runs on ${runtime}, not at the edge.`)
    if (own !== name || name.includes('.segments/')) continue
    const kb = runtime === 'edge' ? gzipKb(join(folder, `${name}.func`)) : undefined
    functions.push({ name, runtime, gzipKb: kb, kind })
  }
  const names = new Set(functions.map(({ name }) => name))
  for (const [name, path] of expected) {
    if (!names.has(name)) faults.add(`${name} is missing, the function of ${path}.`)
  }
  if (!names.has('middleware')) faults.add('middleware is missing.')
  return { functions, faults: [...faults, ...pathsWithoutGate(output)] }
}

function kindOf(name: string, expected: ReadonlyMap<string, string>): DeployedFunction['kind'] {
  if (name === 'middleware') return 'middleware'
  if (expected.has(name)) return 'operation'
  return isApiPath(`/${name}`) ? 'unknown' : 'page'
}

/** The contract's paths by the name of the function that serves each, as Next names folders. */
function operationFunctions(): Map<string, string> {
  const paths = (Object.keys(contract) as OperationId[]).flatMap(pathsOf)
  return new Map(
    paths.map((path) => [
      path
        .slice(1)
        .replace(/\{\w+=(\w+)\}/g, '$1')
        .replace(/\{(\w+)\}/g, '[$1]'),
      path,
    ]),
  )
}

/** A function is a folder that ends with `.func`, or a link to one. */
function functionNames(folder: string): string[] {
  if (!existsSync(folder)) return []
  return readdirSync(folder, { recursive: true, encoding: 'utf8' })
    .filter((name) => name.endsWith('.func') && !name.includes('.func/'))
    .map((name) => name.slice(0, -'.func'.length))
    .sort()
}

/** Operations whose path the routing table does not lead through the middleware. */
function pathsWithoutGate(output: string): string[] {
  const { routes } = readJson<{ routes: { src?: string; middlewarePath?: string }[] }>(
    join(output, 'config.json'),
  )
  const gates = routes.flatMap(({ src, middlewarePath }) =>
    src !== undefined && middlewarePath === 'middleware' ? [new RegExp(src)] : [],
  )
  return [...operationFunctions().values()]
    .filter((path) => !gates.some((gate) => gate.test(path.replace(/\{.*?\}/g, 'x'))))
    .map((path) => `${path} does not pass the middleware.`)
}

function gzipKb(folder: string): number {
  return readdirSync(folder, { recursive: true, encoding: 'utf8' })
    .filter((name) => /\.(js|wasm)$/.test(name))
    .reduce((sum, name) => sum + gzipSync(readFileSync(join(folder, name))).length / 1_024, 0)
}

function readJson<T>(file: string): T {
  return JSON.parse(readFileSync(file, 'utf8'))
}
