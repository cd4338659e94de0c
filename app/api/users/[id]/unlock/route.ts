import { after } from 'next/dist/server/after/index.js'
import { unlockUserCase } from '@/lib/auth/accounts/unlock.ts'
import { contract } from '@/lib/contract/operations.ts'
import { deps } from '@/lib/deps/base.ts'
import { endpoint } from '@/lib/http/endpoint.ts'

export const runtime = 'edge'
export const POST = endpoint(contract.unlockUser, unlockUserCase, deps, after)
