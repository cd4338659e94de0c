import { after } from 'next/dist/server/after/index.js'
import { changeProfileCase, readProfileCase } from '@/lib/auth/accounts/profile.ts'
import { contract } from '@/lib/contract/operations.ts'
import { deps } from '@/lib/deps/base.ts'
import { endpoint } from '@/lib/http/endpoint.ts'

export const runtime = 'edge'
export const GET = endpoint(contract.readProfile, readProfileCase, deps, after)
export const PATCH = endpoint(contract.changeProfile, changeProfileCase, deps, after)
