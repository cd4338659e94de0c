import type { NextConfig } from 'next'

const config: NextConfig = {
  turbopack: {
    // What no deployment uses, and each function would carry.
    resolveAlias: {
      '@upstash/core-analytics': './lib/rate-limit/no-analytics.ts',
      'next/dist/experimental/testmode/server-edge': './lib/no-test-mode.ts',
      'next/dist/compiled/hash.js/sha256': './lib/no-response-cache.ts',
    },
    // Next means to take this import of its pages out of route handlers: each would carry React's
    // renderer, 16 KB of gzip, and call none of it. The file is kept as a text.
    rules: {
      '**/next/dist/esm/server/route-modules/app-route/shared-modules.js': {
        condition: 'edge-light',
        type: 'text',
      },
      // What Next checks pages with while it builds them.
      '**/next/dist/esm/server/app-render/instant-validation/instant-samples.js': {
        condition: 'edge-light',
        loaders: ['./local/left-out.cjs'],
        as: '*.js',
      },
      // Next's cache in files: at the edge there are none, and nothing calls it.
      '**/next/dist/esm/server/lib/incremental-cache/file-system-cache.js': {
        condition: 'edge-light',
        loaders: ['./local/left-out.cjs'],
        as: '*.js',
      },
      // What the store's official client can do besides what is asked of it.
      '**/@upstash/redis/chunk-*.mjs': {
        condition: 'edge-light',
        loaders: ['./local/slim-client.cjs'],
      },
      '**/@upstash/ratelimit/dist/index.js': {
        condition: 'edge-light',
        loaders: ['./local/slim-limiter.cjs'],
      },
    },
  },
  poweredByHeader: false,
  // The middleware redirects to a path's normal form, with the headers that every answer has.
  skipTrailingSlashRedirect: true,
  reactStrictMode: true,
  // Pages answer 403 to whoever may not see them.
  experimental: { authInterrupts: true },
  // No image is served, and the optimizer would be a second way to every path.
  images: { unoptimized: true },
  // The start server binds, compresses nothing and hands requests over; a proxy in front compresses.
  compress: false,
}

export default config
