import { ok } from '../contract/problems.ts'
import document from '../openapi/openapi.json' with { type: 'json' }
import { defineOperation } from '../operation.ts'

/** The published document, which is made before anything is built, with the address and the name of this API. */
export const openapi = defineOperation('openapi', {
  summary: 'This document',
  problems: [],
  answer: 'OpenApi',
  run: async (_, { settings }: { settings: { name: string; origin: string } }) => {
    const description = 'Where this document was found: local or production.'
    const servers = [{ url: settings.origin, description, 'x-internal': false }]
    const info = { ...document.info, title: settings.name }
    return ok({ ...document, info, servers })
  },
})
