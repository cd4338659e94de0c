import { type OpenIdProvider, startOpenIdProvider } from '../../local/openid-provider.ts'
import { BrowserSession } from './browser-session.ts'
import { test as base } from './fixtures.ts'
import { startIssuer, type TestIssuer } from './issuer.ts'

interface Providers {
  issuer: TestIssuer
  provider: OpenIdProvider
}

/** The fixtures with a server that knows two providers: one that a test controls, and a real one. */
export const test = base.extend<{ browserOf: () => BrowserSession }, { providers: Providers }>({
  providers: [
    // biome-ignore lint/correctness/noEmptyPattern: Playwright reads the parameter's shape
    async ({}, use) => {
      const [issuer, provider] = await Promise.all([startIssuer(), startOpenIdProvider(0)])
      await use({ issuer, provider })
      await Promise.all([issuer.stop(), provider.close()])
    },
    { scope: 'worker' },
  ],
  environment: [
    async ({ providers: { issuer, provider } }, use) => {
      const firm = issuer.variables('FIRM')
      await use({ ...(firm as Record<string, string>), ...provider.variables })
    },
    { scope: 'worker' },
  ],
  browserOf: async ({ api }, use) => {
    const ask = (path: string, init: RequestInit = {}): Promise<Response> => api.request(path, init)
    await use(() => new BrowserSession({ ask }))
  },
})
