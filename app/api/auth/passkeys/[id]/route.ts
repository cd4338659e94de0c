import { after } from 'next/dist/server/after/index.js'
import { deletePasskey } from '@/lib/auth/passkeys/passkeys.ts'
import { deps } from '@/lib/deps/plain.ts'
import { endpoint } from '@/lib/http/endpoint.ts'

export const runtime = 'edge'
export const DELETE = endpoint(deletePasskey, deps, after)
