import { ok, type Result } from '../errors.ts'
import document from '../openapi.json' with { type: 'json' }

/** The published document; `npm run openapi` writes it. */
export const openapiCase = {
  run: async (): Promise<Result<object>> => ok(document),
}
