import { ok, type Result } from '../contract/problems.ts'
import document from '../openapi/openapi.json' with { type: 'json' }

/** The published document, which is made before anything is built, with the address of this API. */
export const openapiCase = {
  run: async (
    _: unknown,
    { settings }: { settings: { origin: string } },
  ): Promise<Result<object>> => {
    const description = 'Where this document was found: local or production.'
    const servers = [{ url: settings.origin, description, 'x-internal': false }]
    return ok({ ...document, servers })
  },
}
