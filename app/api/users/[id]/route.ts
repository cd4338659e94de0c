import { after } from 'next/dist/server/after/index.js'
import { changeUserCase } from '@/lib/auth/users.ts'
import { deps } from '@/lib/deps.ts'
import { contract } from '@/lib/http/contract.ts'
import { endpoint } from '@/lib/http/endpoint.ts'

export const runtime = 'edge'
export const PATCH = endpoint(contract.changeUser, changeUserCase, deps, after)
