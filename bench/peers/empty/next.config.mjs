import { fileURLToPath } from 'node:url'

export default {
  poweredByHeader: false,
  // The packages stand two folders up, beside the other peers.
  turbopack: { root: fileURLToPath(new URL('../..', import.meta.url)) },
}
