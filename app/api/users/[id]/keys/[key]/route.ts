import { after } from 'next/dist/server/after/index.js'
import { deleteUserKeyCase } from '@/lib/auth/user-records.ts'
import { contract } from '@/lib/http/contract.ts'
import { endpoint } from '@/lib/http/endpoint.ts'
import { keyDeps } from '@/lib/key-deps.ts'

export const runtime = 'edge'
export const DELETE = endpoint(contract.deleteUserKey, deleteUserKeyCase, keyDeps, after)
