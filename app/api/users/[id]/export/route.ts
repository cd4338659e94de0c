import { after } from 'next/dist/server/after/index.js'
import { exportUser } from '@/lib/auth/accounts/user-records.ts'
import { keyDeps } from '@/lib/deps/key.ts'
import { endpoint } from '@/lib/http/endpoint.ts'

export const runtime = 'edge'
export const GET = endpoint(exportUser, keyDeps, after)
