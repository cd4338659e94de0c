import { after } from 'next/dist/server/after/index.js'
import { unlockUserCase } from '@/lib/auth/unlock.ts'
import { deps } from '@/lib/deps.ts'
import { contract } from '@/lib/http/contract.ts'
import { endpoint } from '@/lib/http/endpoint.ts'

export const runtime = 'edge'
export const POST = endpoint(contract.unlockUser, unlockUserCase, deps, after)
