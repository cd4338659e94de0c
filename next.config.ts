import type { NextConfig } from 'next'

const config: NextConfig = {
  poweredByHeader: false,
  reactStrictMode: true,
  // No image is served, and the optimizer would be a second way to every path.
  images: { unoptimized: true },
  // The start server binds, compresses nothing and hands requests over; a proxy in front compresses.
  compress: false,
}

export default config
