import { after } from 'next/dist/server/after/index.js'
import { createKeyCase, listKeysCase } from '@/lib/auth/api-keys/api-keys.ts'
import { contract } from '@/lib/contract/operations.ts'
import { keyDeps } from '@/lib/deps/key.ts'
import { endpoint } from '@/lib/http/endpoint.ts'

export const runtime = 'edge'
export const GET = endpoint(contract.listKeys, listKeysCase, keyDeps, after)
export const POST = endpoint(contract.createKey, createKeyCase, keyDeps, after)
