import { openapi } from '../lib/openapi/openapi.ts'

/** The OpenAPI document as text; `local/run.mjs` keeps it in `lib/openapi/openapi.json` for what serves it. */
export const text = `${JSON.stringify(openapi(), null, 2)}\n`
