import type { NextConfig } from 'next'

const config: NextConfig = {
  poweredByHeader: false,
  reactStrictMode: true,
  // The start server binds, compresses nothing and hands requests over; a proxy in front compresses.
  compress: false,
}

export default config
