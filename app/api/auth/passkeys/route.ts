import { after } from 'next/dist/server/after/index.js'
import { createPasskey } from '@/lib/auth/passkeys/create-passkey.ts'
import { listPasskeys } from '@/lib/auth/passkeys/passkeys.ts'
import { accountDeps } from '@/lib/deps/account.ts'
import { endpoint } from '@/lib/http/endpoint.ts'

export const runtime = 'edge'
export const GET = endpoint(listPasskeys, accountDeps, after)
export const POST = endpoint(createPasskey, accountDeps, after)
