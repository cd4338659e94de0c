import { after } from 'next/dist/server/after/index.js'
import { deleteProfile } from '@/lib/auth/accounts/delete-profile.ts'
import { changeProfile, readProfile } from '@/lib/auth/accounts/profile.ts'
import { profileDeps } from '@/lib/deps/profile.ts'
import { endpoint } from '@/lib/http/endpoint.ts'

export const runtime = 'edge'
export const GET = endpoint(readProfile, profileDeps, after)
export const PATCH = endpoint(changeProfile, profileDeps, after)
export const DELETE = endpoint(deleteProfile, profileDeps, after)
