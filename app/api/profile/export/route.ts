import { after } from 'next/dist/server/after/index.js'
import { exportProfile } from '@/lib/auth/accounts/account-export.ts'
import { exportDeps } from '@/lib/deps/export.ts'
import { endpoint } from '@/lib/http/endpoint.ts'

export const runtime = 'edge'
export const GET = endpoint(exportProfile, exportDeps, after)
