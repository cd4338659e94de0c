import { defineConfig } from '@playwright/test'
import type { Options } from './test/support/fixtures.ts'

export default defineConfig<object, Options>({
  forbidOnly: true,
  retries: 0,
  workers: 2,
  // Machines differ: these end what hangs, and measure nothing.
  timeout: 120_000,
  expect: { timeout: 15_000 },
  reporter: [['line'], ['json', { outputFile: 'test-results/report.json' }]],
  projects: [
    { name: 'unit', testDir: '.', testMatch: /\/(demo|lib|local|seed)\/.*\.test\.ts$/ },
    // The same suite on every host. Left out are what needs no host of its own, and Next's own pages.
    { name: 'next', testDir: 'e2e', use: { host: 'start', engine: 'redis' } },
    {
      name: 'serve',
      testDir: 'e2e',
      testIgnore:
        /(browser|interleavings|next-workerd|replica|seed-files|sizes|telemetry|up)\.spec\.ts$/,
      use: { host: 'serve', engine: 'embedded' },
    },
    {
      name: 'workerd',
      testDir: 'e2e',
      testIgnore:
        /(browser|interleavings|next-workerd|node-server|replica|seed|seed-files|sizes|start|telemetry|up|users-cli)\.spec\.ts$/,
      use: { host: 'workerd', engine: 'redis' },
    },
  ],
})
