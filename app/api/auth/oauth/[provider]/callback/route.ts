import { after } from 'next/dist/server/after/index.js'
import { finishOAuth } from '@/lib/auth/identities/finish-oauth.ts'
import { providerDeps } from '@/lib/deps/provider.ts'
import { endpoint } from '@/lib/http/endpoint.ts'
import { failurePage } from '@/lib/http/pages/failure-page.ts'

export const runtime = 'edge'
export const GET = endpoint(finishOAuth, providerDeps, after, failurePage)
