import { after } from 'next/dist/server/after/index.js'
import { startOAuth } from '@/lib/auth/identities/start-oauth.ts'
import { providerDeps } from '@/lib/deps/provider.ts'
import { endpoint } from '@/lib/http/endpoint.ts'
import { failurePage } from '@/lib/http/pages/failure-page.ts'

export const runtime = 'edge'
export const GET = endpoint(startOAuth, providerDeps, after, failurePage)
