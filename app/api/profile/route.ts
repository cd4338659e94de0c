import { after } from 'next/dist/server/after/index.js'
import { deleteProfile } from '@/lib/auth/accounts/delete-profile.ts'
import { changeProfile, readProfile } from '@/lib/auth/accounts/profile.ts'
import { removalDeps } from '@/lib/deps/removal.ts'
import { endpoint } from '@/lib/http/endpoint.ts'

export const runtime = 'edge'
export const GET = endpoint(readProfile, removalDeps, after)
export const PATCH = endpoint(changeProfile, removalDeps, after)
export const DELETE = endpoint(deleteProfile, removalDeps, after)
