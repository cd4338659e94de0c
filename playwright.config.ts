import { defineConfig, type Project } from '@playwright/test'
import { CHROMIUM } from './test/support/chromium.ts'
import type { Options } from './test/support/fixtures.ts'
import { INTEGRATION, UNIT } from './test/support/kinds.ts'

/** The same suite on the other hosts: `HOSTS=all npm test` runs it, which takes half as long again. */
export const HOSTS = [
  {
    name: 'serve',
    testDir: 'e2e',
    testIgnore:
      /(browser|client-package|container|kept-store|new-collection|next-workerd|own-collection|\/pages|pages-look|replica|seed-files|sizes|telemetry|test-command|up|up-store)\.spec\.ts$/,
    use: { host: 'serve', engine: 'embedded', transport: 'direct' },
  },
  // `serve` runs the same code whole; here is what a host can have in its own way: its own streams, timers, fetch and limits.
  {
    name: 'workerd',
    testDir: 'e2e',
    testMatch:
      /(api-keys|budget|collection-writes|collections|cookies|cors|faces|http|limits|log|matrix|metrics|oauth|outage|refresh|signin|two-databases)\.spec\.ts$/,
    use: { host: 'workerd', engine: 'redis' },
  },
] satisfies Project<object, Options>[]

export default defineConfig<object, Options>({
  forbidOnly: true,
  retries: 0,
  // Twice two cores: many tests wait for clocks, and others can have the core meanwhile.
  workers: 4,
  // Machines differ: these end what hangs, and measure nothing.
  timeout: 120_000,
  expect: { timeout: 15_000 },
  // For all: tests with the same options share a worker, its store and its server.
  use: { launchOptions: CHROMIUM },
  // A run empties this folder: the logs beside it stay.
  outputDir: 'test-results/artifacts',
  // What tests and servers log is kept in files, and not shown.
  quiet: true,
  reporter: [
    ['line'],
    ['json', { outputFile: 'test-results/report.json' }],
    ['./test/support/log-files.ts'],
  ],
  // Clones of this repository that tests make, and leave when they are killed, are no tests of it.
  respectGitIgnore: true,
  projects: [
    { name: 'unit', testDir: '.', testMatch: UNIT },
    { name: 'integration', testDir: '.', testMatch: INTEGRATION },
    // What differs where `serve` reaches its store over REST, as it does an Upstash database.
    {
      name: 'serve-rest',
      testDir: 'e2e',
      testMatch: /(budget|http|outage)\.spec\.ts$/,
      use: { host: 'serve', engine: 'redis', transport: 'rest' },
    },
    // The same suite on every host. Left out are what needs no host of its own, and Next's own pages.
    {
      name: 'next',
      testDir: 'e2e',
      testIgnore: /(hashing-threads|serve-pages)\.spec\.ts$/,
      use: { host: 'start', engine: 'redis' },
    },
    ...(process.env['HOSTS'] === 'all' ? HOSTS : []),
  ],
})
