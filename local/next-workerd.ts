import { type BuildOutput, type EdgeUnit, readBuildOutput } from './next-workerd/build-output.ts'
import {
  bindVariables,
  COMPATIBILITY_DATE,
  serveConfiguration,
  type Workerd,
  type WorkerdOptions,
} from './workerd.ts'

/**
 * Starts `workerd` with the API as Next built it: the middleware in one Worker, all route functions
 * in another behind it, each evaluated when it is first called. The chunks are the build's own files.
 * Two Workers, since Next tells its middleware from its routes by a global.
 *
 * Pages and static files are not hosted: they are React's, and not at the edge.
 */
export async function startNextWorkerd({
  variables,
  ...where
}: Omit<WorkerdOptions, 'module'>): Promise<Workerd> {
  const build = await readBuildOutput('.next')
  const env = { ...process.env, ...build.env }
  const bindings = bindVariables([...variables, ...Object.keys(build.env)], env)
  return serveConfiguration(configuration(build, bindings), { ...where, env })
}

function configuration({ middleware, functions }: BuildOutput, variables: string): string {
  const front = { module: './middleware', name: middleware.name, matchers: middleware.matchers }
  const routes = functions.map(({ name, pattern }, index) => ({
    pattern,
    module: `./function-${index}`,
    name,
  }))
  const functionModules = functions.map((unit, index) => modulesOf(`function-${index}`, unit))
  return `using Workerd = import "/workerd/workerd.capnp";

const config :Workerd.Config = (
  services = [
    (name = "gate", worker = .gate),
    (name = "functions", worker = .functions),
    (name = "internet", network = (
      allow = ["public", "private"],
      tlsOptions = (trustBrowserCas = true),
    )),
  ],
  sockets = [(name = "http", address = "127.0.0.1:0", http = (), service = "gate")],
);

const gate :Workerd.Worker = (
  modules = [
    (name = "worker", esModule = embed "/dist/next-workerd/gate.js"),
    ${modulesOf('middleware', middleware)}
  ],
  compatibilityDate = "${COMPATIBILITY_DATE}",
  bindings = [
    (name = "MIDDLEWARE", json = ${text(JSON.stringify(front))}),
    (name = "FUNCTIONS", service = "functions"),
    ${variables}
  ],
);

const functions :Workerd.Worker = (
  modules = [
    (name = "worker", esModule = embed "/dist/next-workerd/functions.js"),
    ${functionModules.join(',\n    ')}
  ],
  compatibilityDate = "${COMPATIBILITY_DATE}",
  bindings = [
    (name = "ROUTES", json = ${text(JSON.stringify(routes))}),
    ${variables}
  ],
);
`
}

/** A function's chunks, and the module that evaluates them in a scope of their own. */
function modulesOf(name: string, { files }: EdgeUnit): string {
  const chunks = files.map((file, index) => ({ chunk: `${name}-${index}`, file }))
  // The runtime of the function before left its own loader where a new one expects none.
  const all = `delete globalThis.TURBOPACK\n${chunks.map(({ chunk }) => `require('./${chunk}')`).join('\n')}\n`
  return [
    `(name = "${name}", commonJsModule = ${text(all)})`,
    ...chunks.map(
      ({ chunk, file }) => `(name = "${chunk}", commonJsModule = embed ${text(`/.next/${file}`)})`,
    ),
  ].join(',\n    ')
}

/** A text in Cap'n Proto's notation, whose escapes are those of C. */
function text(value: string): string {
  return JSON.stringify(value)
}
