import { after } from 'next/dist/server/after/index.js'
import { createPasskey } from '@/lib/auth/passkeys/create-passkey.ts'
import { listPasskeys } from '@/lib/auth/passkeys/passkeys.ts'
import { countedAccountDeps } from '@/lib/deps/counted-account.ts'
import { endpoint } from '@/lib/http/endpoint.ts'

export const runtime = 'edge'
export const GET = endpoint(listPasskeys, countedAccountDeps, after)
export const POST = endpoint(createPasskey, countedAccountDeps, after)
