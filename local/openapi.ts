import { writeFile } from 'node:fs/promises'
import { openapi } from '../lib/openapi/openapi.ts'

/** Writes the published document, `lib/openapi/openapi.json`; a test fails when it is another. */
await writeFile('lib/openapi/openapi.json', `${JSON.stringify(openapi(), null, 2)}\n`)
