import { BOOKS, MOVIES } from '../demo/data.ts'
import { books, movies } from '../lib/collections/index.ts'
import type { Sample, Source } from './sample-types.ts'

/** What `npm run up` puts into an empty store of this machine, and `npm run seed -- --demo` elsewhere. */
export const samples: readonly Sample[] = [
  { collection: movies, rows: MOVIES },
  { collection: books, rows: BOOKS },
]

/** What `npm run seed -- --from <name>` loads. */
export const sources: Readonly<Record<string, Source>> = {
  vega: {
    collection: movies,
    id: 'title',
    what: '3,201 real movies from the package vega-datasets',
    // A development dependency: `npm start` must not need it.
    read: async () => (await import('../demo/vega.ts')).readVega(),
  },
}
