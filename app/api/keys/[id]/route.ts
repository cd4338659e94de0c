import { after } from 'next/dist/server/after/index.js'
import { deleteKeyCase } from '@/lib/auth/api-keys/api-keys.ts'
import { contract } from '@/lib/contract/operations.ts'
import { keyDeps } from '@/lib/deps/key.ts'
import { endpoint } from '@/lib/http/endpoint.ts'

export const runtime = 'edge'
export const DELETE = endpoint(contract.deleteKey, deleteKeyCase, keyDeps, after)
