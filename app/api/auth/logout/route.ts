import { after } from 'next/dist/server/after/index.js'
import { logoutCase } from '@/lib/auth/logout.ts'
import { deps } from '@/lib/deps.ts'
import { contract } from '@/lib/http/contract.ts'
import { endpoint } from '@/lib/http/endpoint.ts'

export const runtime = 'edge'
export const POST = endpoint(contract.logout, logoutCase, deps, after)
