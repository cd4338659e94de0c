import { after } from 'next/dist/server/after/index.js'
import { changeProfile, readProfile } from '@/lib/auth/accounts/profile.ts'
import { deps } from '@/lib/deps/counted.ts'
import { endpoint } from '@/lib/http/endpoint.ts'

export const runtime = 'edge'
export const GET = endpoint(readProfile, deps, after)
export const PATCH = endpoint(changeProfile, deps, after)
