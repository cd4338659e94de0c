import { type App, createApp } from './app.ts'
import { createAppDeps } from './deps/app.ts'
import { once } from './once.ts'
import type { WaitUntil } from './rate-limit/types.ts'
import { parseSettings } from './settings/settings.ts'
import type { Variables } from './settings/types.ts'

let app: App | undefined

/**
 * The API as the module of a Worker: bundled by the build to `dist/worker.js`, it runs in `workerd`
 * and on Cloudflare as it is.
 *
 * @see [Fetch handler](https://developers.cloudflare.com/workers/runtime-apis/handlers/fetch/)
 */
export default {
  /** @param variables The bindings, which are the environment of the other hosts. */
  fetch(
    request: Request,
    variables: Variables,
    context: { waitUntil: WaitUntil },
  ): Promise<Response> {
    app ??= createApp(once(() => createAppDeps(parseSettings(variables))))
    return app(request, (work) => context.waitUntil(work))
  },
}
