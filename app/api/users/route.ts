import { after } from 'next/dist/server/after/index.js'
import { listUsersCase } from '@/lib/auth/users.ts'
import { deps } from '@/lib/deps.ts'
import { contract } from '@/lib/http/contract.ts'
import { endpoint } from '@/lib/http/endpoint.ts'

export const runtime = 'edge'
export const GET = endpoint(contract.listUsers, listUsersCase, deps, after)
